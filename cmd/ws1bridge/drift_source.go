package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"ws1bridge/cmd/ws1bridge/drift"
	"ws1bridge/cmd/ws1bridge/drift/export"
	"ws1bridge/cmd/ws1bridge/regular"
)

// driftSource is Okta's side of a comparison: the file of --csv, "-" for standard input, or Okta's
// management API where there is none. done lets go of it.
func (p *program) driftSource(t *tenant, file string, repair driftRepair) (from drift.Source, done func(), _ error) {
	switch {
	case t.translator == nil:
		return nil, nil, usageError{errors.New("the configuration names no domain: set WS1BRIDGE_DOMAIN")}
	case file != "" && repair.on:
		// It would undo what Okta has pushed since the export, and shut out who was assigned since.
		return nil, nil, usageError{errors.New("--repair needs Okta as it is now, and --csv is as old as the file: " +
			"compare by Okta's management API (okta.org_url), or push from Okta what differs")}
	case file != "":
		from, err := p.readExport(t, file, repair.answers)
		return from, func() {}, err
	}
	org, err := t.oktaOrg()
	if err != nil {
		return nil, nil, err
	}
	return org, org.HTTPClient.CloseIdleConnections, nil
}

// readExport reads an export of Okta, and says which columns are not compared.
func (p *program) readExport(t *tenant, file string, stdin io.Reader) (*export.File, error) {
	if file != "-" {
		content, err := regular.Read(file, export.MaxBytes, "export of Okta")
		if err != nil {
			return nil, usageError{fmt.Errorf("--csv %s: %w", file, err)}
		}
		stdin = bytes.NewReader(content)
	}
	read, err := export.Read(stdin, t.translator.SchemaAttributes())
	if err != nil {
		return nil, usageError{fmt.Errorf("--csv %s: %w", file, err)}
	}
	if ignored := read.Ignored(); len(ignored) > 0 {
		fmt.Fprintf(p.stderr, "Not compared: columns %s\n", strings.Join(ignored, ", "))
	}
	return read, nil
}
