package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"

	"ws1bridge/cmd/ws1bridge/cmdtest"
)

// TestStuckReaderOfTheLogStallsNobody logs far more than fits, with a reader that
// reads nothing until the end.
func TestStuckReaderOfTheLogStallsNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		log, end := newLogger(writer, zap.InfoLevel)
		log.Info("first")
		synctest.Wait() // it is being written
		const lines = 20_000
		for range lines {
			log.Info("a line", zap.String("text", strings.Repeat("x", 100)))
		}
		read := make(chan string)
		go func() {
			b, _ := io.ReadAll(reader)
			read <- string(b)
		}()
		synctest.Wait()
		log.Info("last")
		end()
		must(t, writer.Close())
		text := <-read
		kept := strings.Count(text, `"a line"`)
		told := `"msg":"lines of the log were dropped, because what reads the log did not keep up","lines":`
		if kept == 0 || len(text) > 2*maxPending || !strings.Contains(text, told+strconv.Itoa(lines-kept)+"}") {
			t.Errorf("%d of %d lines were kept, and the log says of the others: %s", kept, lines,
				text[max(0, len(text)-300):])
		}
		if !strings.Contains(text, `"first"`) || !strings.Contains(text, `"last"`) {
			t.Error("what there was room for is not in the log")
		}
	})
}

// TestEndWaitsForNoReader has a reader that reads nothing at all.
func TestEndWaitsForNoReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reader, writer := io.Pipe()
		log, end := newLogger(writer, zap.InfoLevel)
		log.Info("a line")
		began := time.Now()
		end()
		if took := time.Since(began); took != flushTimeout {
			t.Errorf("the end took %v, want %v", took, flushTimeout)
		}
		must(t, reader.Close())
	})
}

// TestLogOfTheStandardLibraryQuotesNobody has messages of package net/http, and one
// that it logs itself.
func TestLogOfTheStandardLibraryQuotesNobody(t *testing.T) {
	const hostile = "HOSTILE"
	const unexpected = "Unsolicited response received on idle HTTP channel starting with"
	for message, want := range map[string]string{
		unexpected + ` "` + hostile + `"; err=<nil>`:                    unexpected,
		"http: TLS handshake error from 192.0.2.1:5: " + hostile:        "http: TLS handshake error from 192.0.2.1",
		"http: panic serving 192.0.2.1:5: " + hostile + "\ngoroutine":   "http: panic serving 192.0.2.1",
		"http2: invalid header: " + hostile:                             "http2: invalid header",
		`http2: received GOAWAY [FrameHeader GOAWAY] "` + hostile + `"`: "http2: received GOAWAY",
		`http: invalid Content-Length of "` + hostile + `"`:             "http: invalid Content-Length of",
		"protocol error: received *http.Frame before a SETTINGS frame":  "protocol error",
		"http: Accept error: too many open files":                       "http: Accept error: too many open files",
	} {
		if got := class(message); got != want {
			t.Errorf("class of %q = %q, want %q", message, got, want)
		}
	}
	out := cmdtest.NewOutput()
	log, end := newLogger(out, zap.InfoLevel)
	defer end()
	defer zap.RedirectStdLog(quotingNobody(log.Named("http")))()
	unsolicited(t, hostile)
	if text := out.Await(t, "Unsolicited response"); strings.Contains(text, hostile) ||
		!strings.Contains(text, `"logger":"http"`) {
		t.Errorf("the log is %s, want the class alone", text)
	}
}

// unsolicited has a server answer a request, and once more without one.
func unsolicited(t *testing.T, text string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer func() { _ = ln.Close() }()
	idle, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		<-idle
		_, _ = io.WriteString(conn, text)
		_, _ = conn.Read(make([]byte, 1)) // until the client has seen it
		_ = conn.Close()
	}()
	client := &http.Client{Transport: &http.Transport{}}
	res, err := client.Get("http://" + ln.Addr().String())
	must(t, err)
	_ = res.Body.Close()
	close(idle)
	<-done
}
