-- Temporal's second database; POSTGRES_DB makes the first. Runs once, when the data folder is empty.
CREATE DATABASE temporal_visibility;
