// Temporal's dev server, for machines that must build one: its command line. It understands as much of the official
// CLI's `server start-dev` as Sexton uses.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strings"

	"github.com/temporalio/ui-server/v2/server/version"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/headers"
	"gopkg.in/yaml.v3"
)

const usage = "usage: temporal --version | temporal server start-dev [flags], which -h names"

type options struct {
	ip               string
	ports            ports
	namespaces       []string
	searchAttributes map[string]enumspb.IndexedValueType
	dynamicConfig    *dynamicconfig.MemoryClient
	dbFile           string
	logLevel         string
	withoutNews      bool
}

// Those that clients use; 0 is a free one.
type ports struct{ grpc, ui, http, metrics int }

func main() {
	if err := run(os.Args[1:]); err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintf(os.Stderr, "temporal: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if slices.Equal(args, []string{"--version"}) {
		fmt.Printf("temporal version sexton (Server %s, UI %s)\n", headers.ServerVersion, version.UIVersion)
		return nil
	}
	if len(args) < 2 || args[0] != "server" || args[1] != "start-dev" {
		return errors.New(usage)
	}
	wanted, err := parse(args[2:])
	if err != nil {
		return err
	}
	return serve(wanted)
}

func parse(args []string) (options, error) {
	o := options{
		// The one namespace that clients expect without being told.
		namespaces:       []string{"default"},
		searchAttributes: map[string]enumspb.IndexedValueType{},
		dynamicConfig:    dynamicconfig.NewMemoryClient(),
		logLevel:         "warn",
	}
	// Else a search attribute added to a running server would be unknown for a while.
	o.dynamicConfig.OverrideSetting(dynamicconfig.ForceSearchAttributesCacheRefreshOnRead, true)

	flags := flag.NewFlagSet("temporal server start-dev", flag.ContinueOnError)
	flags.StringVar(&o.ip, "ip", "127.0.0.1", "address to listen on")
	flags.IntVar(&o.ports.grpc, "port", 7233, "port of the gRPC API")
	flags.IntVar(&o.ports.ui, "ui-port", 8233, "port of the web UI")
	flags.IntVar(&o.ports.http, "http-port", 0, "port of the HTTP API; 0 is a free one")
	flags.IntVar(&o.ports.metrics, "metrics-port", 0, "port of the Prometheus metrics; 0 is a free one")
	flags.StringVar(&o.dbFile, "db-filename", "", "SQLite file to keep everything in; none is in memory")
	flags.BoolVar(&o.withoutNews, "ui-disable-news-fetch", false, "the web UI does not look for news")
	flags.Func("log-level", "debug, info, warn, error or fatal (default warn)", o.setLogLevel)
	flags.Func("namespace", "namespace to have besides default; may be repeated", o.addNamespace)
	flags.Func("search-attribute", "`Name=Type` for new namespaces; may be repeated", o.addSearchAttribute)
	flags.Func("dynamic-config-value", "`key=value`, the value in JSON; may be repeated", o.addDynamicConfig)
	flags.SetOutput(io.Discard)
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			flags.SetOutput(os.Stdout)
			flags.PrintDefaults()
		}
		return o, err
	}
	if flags.NArg() > 0 {
		return o, fmt.Errorf("%q is not a flag", flags.Arg(0))
	}
	if net.ParseIP(o.ip) == nil {
		return o, fmt.Errorf("--ip: %q is no IP address", o.ip)
	}
	return o, nil
}

func (o *options) setLogLevel(level string) error {
	if !slices.Contains([]string{"debug", "info", "warn", "error", "fatal"}, level) {
		return errors.New("there is no such level")
	}
	o.logLevel = level
	return nil
}

func (o *options) addNamespace(name string) error {
	if name == "" {
		return errors.New("a namespace has a name")
	}
	if !slices.Contains(o.namespaces, name) {
		o.namespaces = append(o.namespaces, name)
	}
	return nil
}

func (o *options) addSearchAttribute(text string) error {
	name, typeName, _ := strings.Cut(text, "=")
	valueType, err := enumspb.IndexedValueTypeFromString(typeName)
	if name == "" || err != nil || valueType == enumspb.INDEXED_VALUE_TYPE_UNSPECIFIED {
		return errors.New("it is not Name=Type, with a type such as Keyword or Int")
	}
	o.searchAttributes[name] = valueType
	return nil
}

func (o *options) addDynamicConfig(text string) error {
	key, source, _ := strings.Cut(text, "=")
	var value any
	// JSON is YAML; unlike Go's JSON, its YAML tells integers from other numbers, and the server does so too.
	if err := yaml.Unmarshal([]byte(source), &value); key == "" || value == nil || err != nil {
		return errors.New("it is not key=value with a value in JSON")
	}
	o.dynamicConfig.OverrideValue(dynamicconfig.MakeKey(key), value)
	return nil
}
