// The dev server itself: the four services in this process over one SQLite database, and the web UI beside them.
package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/headers"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/membership/static"
	"go.temporal.io/server/common/metrics"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite"
	"go.temporal.io/server/common/primitives"
	"go.temporal.io/server/schema/sqlite"
	"go.temporal.io/server/temporal"
)

const (
	clusterName = "active"
	storeName   = "sqlite"
	// Services that only this process talks to listen here.
	inside      = "127.0.0.1"
	startWithin = 10 * time.Second
	// Whoever ends us loses patience after a few seconds.
	stopWithin = 4 * time.Second
)

type rpcByService map[primitives.ServiceName]config.RPC

// serve starts everything, prints the addresses once all of them are bound, and returns after SIGTERM or Ctrl-C.
func serve(o options) error {
	services, err := placeServices(&o)
	if err != nil {
		return err
	}
	database := sqlConfig(o.dbFile)
	if err := createNamespaces(o, database); err != nil {
		return err
	}
	server, err := newServer(o, services, database)
	if err != nil {
		return err
	}
	if err := server.Start(); err != nil {
		return err
	}
	// After the server: it connects to it as it is made, and would wait a second before trying again.
	ui := newUI(o)
	go ui.Start()
	if err := untilBound(address(o.ip, o.ports.ui)); err != nil {
		return err
	}
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, os.Interrupt)

	fmt.Printf("Temporal server %s\n", headers.ServerVersion)
	fmt.Printf("gRPC     %s\n", address(o.ip, o.ports.grpc))
	fmt.Printf("HTTP     http://%s\n", address(o.ip, o.ports.http))
	fmt.Printf("Web UI   http://%s\n", address(o.ip, o.ports.ui))
	fmt.Printf("Metrics  http://%s/metrics\n", address(o.ip, o.ports.metrics))

	<-ended
	ui.Stop()
	// Nothing is lost by leaving at once: what was acknowledged is in the database.
	time.AfterFunc(stopWithin, func() { os.Exit(0) })
	return server.Stop()
}

// untilBound waits for the UI, which does not tell. It ends the process when its port was taken meanwhile.
func untilBound(address string) error {
	for deadline := time.Now().Add(startWithin); ; time.Sleep(10 * time.Millisecond) {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			return connection.Close()
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

func address(ip string, port int) string { return net.JoinHostPort(ip, strconv.Itoa(port)) }

// placeServices gives every service a port. A taken one is told here in plain words; later, it ends the process.
func placeServices(o *options) (rpcByService, error) {
	var history, matching, worker int
	held := []net.Listener{}
	for _, want := range []struct {
		name string
		ip   string
		port *int
	}{
		{"port", o.ip, &o.ports.grpc},
		{"ui-port", o.ip, &o.ports.ui},
		{"http-port", o.ip, &o.ports.http},
		{"metrics-port", o.ip, &o.ports.metrics},
		{"port of history", inside, &history},
		{"port of matching", inside, &matching},
		{"port of worker", inside, &worker},
	} {
		listener, err := net.Listen("tcp", address(want.ip, *want.port))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", want.name, err)
		}
		held = append(held, listener)
		*want.port = listener.Addr().(*net.TCPAddr).Port
	}
	var failed error
	for _, listener := range held {
		failed = errors.Join(failed, listener.Close())
	}
	return rpcByService{
		primitives.FrontendService: {GRPCPort: o.ports.grpc, HTTPPort: o.ports.http, BindOnIP: o.ip},
		primitives.HistoryService:  {GRPCPort: history, BindOnIP: inside},
		primitives.MatchingService: {GRPCPort: matching, BindOnIP: inside},
		primitives.WorkerService:   {GRPCPort: worker, BindOnIP: inside},
	}, failed
}

// sqlConfig names the database. Its schema is made when it is opened first, in a file as in memory.
func sqlConfig(file string) *config.SQL {
	if file == "" {
		attributes := map[string]string{"mode": "memory", "cache": "shared"}
		return &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: "temporal", ConnectAttributes: attributes}
	}
	attributes := map[string]string{"mode": "rwc", "setup": "true", "journal_mode": "wal", "synchronous": "2"}
	// It becomes the path of a URL, where some characters have a meaning.
	path := (&url.URL{Path: file}).EscapedPath()
	return &config.SQL{PluginName: sqliteplugin.PluginName, DatabaseName: path, ConnectAttributes: attributes}
}

// createNamespaces leaves those alone that the file has already.
func createNamespaces(o options, database *config.SQL) error {
	all := []*sqlite.NamespaceConfig{}
	for _, name := range o.namespaces {
		namespace, err := sqlite.NewNamespaceConfig(clusterName, name, false, o.searchAttributes)
		if err != nil {
			return fmt.Errorf("namespace %s: %w", name, err)
		}
		all = append(all, namespace)
	}
	return sqlite.CreateNamespaces(database, all...)
}

func newServer(o options, services rpcByService, database *config.SQL) (temporal.Server, error) {
	logConfig := log.Config{Level: o.logLevel, Format: "json"}
	settings := &config.Config{
		Log:      logConfig,
		Services: map[string]config.Service{},
		Persistence: config.Persistence{
			DefaultStore:     storeName,
			VisibilityStore:  storeName,
			NumHistoryShards: 1,
			DataStores:       map[string]config.DataStore{storeName: {SQL: database}},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {
				Enabled:                true,
				InitialFailoverVersion: 1,
				RPCAddress:             address(o.ip, o.ports.grpc),
				HTTPAddress:            address(o.ip, o.ports.http),
			}},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		Global: config.Global{Metrics: &metrics.Config{Prometheus: &metrics.PrometheusConfig{
			Framework:     metrics.FrameworkOpentelemetry,
			ListenAddress: address(o.ip, o.ports.metrics),
		}}},
	}
	// Nobody has to be discovered: every service has one host, this process.
	hosts := map[primitives.ServiceName]static.Hosts{}
	for name, rpc := range services {
		settings.Services[string(name)] = config.Service{RPC: rpc}
		hosts[name] = static.SingleLocalHost(address(rpc.BindOnIP, rpc.GRPCPort))
	}
	return temporal.NewServer(
		temporal.WithConfig(settings),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts),
		temporal.WithDynamicConfigClient(o.dynamicConfig),
		temporal.WithLogger(log.NewZapLogger(log.BuildZapLogger(logConfig))),
	)
}

func newUI(o options) *uiserver.Server {
	return uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
		TemporalGRPCAddress: address(o.ip, o.ports.grpc),
		Host:                o.ip,
		Port:                o.ports.ui,
		EnableUI:            true,
		DefaultNamespace:    o.namespaces[len(o.namespaces)-1],
		DisableNewsFetch:    o.withoutNews,
		HideLogs:            true,
		// It is reached by plain HTTP.
		CORS: uiconfig.CORS{CookieInsecure: true},
	}))
}
