package main

import "github.com/spf13/cobra"

// examples are those of the commands that need no words for themselves.
var examples = map[string]string{
	"ws1bridge config check": `  ws1bridge config check --config /etc/ws1bridge/config.yaml
  WS1BRIDGE_CONFIG=config.yaml ws1bridge config check`,
	"ws1bridge demo":        "  ws1bridge demo --once",
	"ws1bridge healthcheck": "  ws1bridge healthcheck || echo \"the bridge is not alive\"",
	"ws1bridge version":     "  ws1bridge version",
}

// completeHelp gives every command an example.
func completeHelp(cmd *cobra.Command) {
	if cmd.Example == "" {
		cmd.Example = examples[cmd.CommandPath()]
	}
	for _, sub := range cmd.Commands() {
		completeHelp(sub)
	}
}
