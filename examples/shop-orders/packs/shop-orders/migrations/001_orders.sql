-- Up Migration
CREATE SCHEMA shop;

CREATE TABLE shop.customer (
  id bigint PRIMARY KEY,
  email text NOT NULL,
  created_at timestamptz NOT NULL
);

CREATE TABLE shop.orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES shop.customer (id),
  status text NOT NULL CHECK (status IN ('open', 'paid', 'shipped', 'closed')),
  placed_at timestamptz NOT NULL,
  closed_at timestamptz,
  total_cents bigint NOT NULL,
  CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);
CREATE INDEX orders_closed_at ON shop.orders (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX orders_customer ON shop.orders (customer_id);

CREATE TABLE shop.order_line (
  order_id bigint NOT NULL REFERENCES shop.orders (id),
  line integer NOT NULL,
  article text NOT NULL,
  pieces integer NOT NULL,
  PRIMARY KEY (order_id, line)
);

CREATE TABLE shop.shipment (
  id bigint PRIMARY KEY,
  order_id bigint NOT NULL,
  line integer NOT NULL,
  warehouse text NOT NULL,
  sent_at timestamptz NOT NULL,
  FOREIGN KEY (order_id, line) REFERENCES shop.order_line (order_id, line)
);
CREATE INDEX shipment_line ON shop.shipment (order_id, line);

-- What the tax office may still ask for.
CREATE SCHEMA archive;
CREATE TABLE archive.orders (LIKE shop.orders, archived_at timestamptz, PRIMARY KEY (id));
CREATE TABLE archive.order_line (LIKE shop.order_line, archived_at timestamptz, PRIMARY KEY (order_id, line));
