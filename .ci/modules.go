//go:build ignore

// Command modules serves a folder of modules over HTTPS, as a proxy of a company does
// whose CA nobody else knows. It writes the certificate of that CA into a file and
// prints its address.
//
//	go run .ci/modules.go FOLDER CERTIFICATE
package main

import (
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
)

func main() {
	s := httptest.NewTLSServer(http.FileServer(http.Dir(os.Args[1])))
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	if err := os.WriteFile(os.Args[2], ca, 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.URL)
	select {}
}
