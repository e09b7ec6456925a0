package accesstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

// Control returns the control address, which is no part of Access and must not be reachable by
// others than the tests. It speaks JSON; errors are {"error":"…"}.
//
//	POST   /faults          adds a fault, answers its id     GET, DELETE /faults
//	GET    /requests        {"total","requests"}             DELETE      /requests
//	GET    /state           users, groups, directories
//	POST   /tokens/revoke   refuses all tokens given out
//	POST   /modes           changes the modes it names       GET         /modes
func (e *Emulator) Control() http.Handler {
	r := chi.NewRouter()
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		controlError(w, http.StatusNotFound, fmt.Errorf("no %s here", r.URL.Path))
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		controlError(w, http.StatusMethodNotAllowed, fmt.Errorf("%s is not allowed on %s", r.Method, r.URL.Path))
	})
	r.Post("/faults", e.postFault)
	r.Get("/faults", func(w http.ResponseWriter, _ *http.Request) {
		listed := []faultJSON{}
		for _, f := range e.Faults() {
			listed = append(listed, describeFault(f))
		}
		answer{status: http.StatusOK, body: object{"faults": listed}}.write(w)
	})
	r.Delete("/faults", does(e.ClearFaults))
	r.Get("/requests", func(w http.ResponseWriter, _ *http.Request) {
		requests, total := e.history.snapshot()
		answer{status: http.StatusOK, body: object{"total": total, "requests": requests}}.write(w)
	})
	r.Delete("/requests", does(e.ClearRequests))
	r.Get("/state", func(w http.ResponseWriter, _ *http.Request) {
		answer{status: http.StatusOK, body: e.State()}.write(w)
	})
	r.Post("/tokens/revoke", does(e.RevokeTokens))
	r.Get("/modes", func(w http.ResponseWriter, _ *http.Request) {
		answer{status: http.StatusOK, body: e.Modes()}.write(w)
	})
	r.Post("/modes", e.postModes)
	return r
}

func does(action func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		action()
		w.WriteHeader(http.StatusNoContent)
	}
}

func controlError(w http.ResponseWriter, status int, err error) {
	answer{status: status, body: object{"error": err.Error()}}.write(w)
}

// postModes changes the modes that the body names and answers with all of them.
func (e *Emulator) postModes(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	err = e.changeModes(func(m *Modes) error { return decodeStrict(bytes.NewReader(body), m) })
	if err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	answer{status: http.StatusOK, body: e.Modes()}.write(w)
}

func (e *Emulator) postFault(w http.ResponseWriter, r *http.Request) {
	var wire faultJSON
	if err := decodeStrict(http.MaxBytesReader(w, r.Body, maxBody), &wire); err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	f, err := wire.fault()
	if err != nil {
		controlError(w, http.StatusBadRequest, err)
		return
	}
	answer{status: http.StatusCreated, body: object{"id": e.AddFault(f)}}.write(w)
}

// decodeStrict reads one JSON value without unknown fields and with nothing after it.
func decodeStrict(body io.Reader, into any) error {
	decoder := json.NewDecoder(body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("decode: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("decode: text after the end")
	}
	return nil
}

// faultJSON is a fault on the control address.
type faultJSON struct {
	ID          string   `json:"id,omitempty"`
	Method      string   `json:"method"`
	Path        string   `json:"path"`
	Status      int      `json:"status"`
	RetryAfter  int      `json:"retry_after"`
	Apply       bool     `json:"apply"`
	Drop        bool     `json:"drop"`
	Delay       string   `json:"delay"`
	Probability *float64 `json:"probability"` // left out: 1
	Skip        int      `json:"skip"`
	Count       int      `json:"count"`
	Body        string   `json:"body,omitempty"`
	ContentType string   `json:"content_type,omitempty"`
}

func describeFault(f Fault) faultJSON {
	return faultJSON{
		ID: f.ID, Method: f.Method, Path: f.Path, Status: f.Status, RetryAfter: f.RetryAfter,
		Apply: f.Apply, Drop: f.Drop, Delay: f.Delay.String(), Probability: &f.Probability,
		Skip: f.Skip, Count: f.Count, Body: f.Body, ContentType: f.ContentType,
	}
}

// fault checks the values and reports all that is wrong.
func (j faultJSON) fault() (Fault, error) {
	f := Fault{
		ID: j.ID, Method: j.Method, Path: j.Path, Status: j.Status, RetryAfter: j.RetryAfter,
		Apply: j.Apply, Drop: j.Drop, Skip: j.Skip, Count: j.Count, Body: j.Body, ContentType: j.ContentType,
		Probability: 1,
	}
	var problems []error
	if j.Delay != "" {
		d, err := time.ParseDuration(j.Delay)
		if err != nil || d < 0 {
			problems = append(problems, fmt.Errorf("delay %q: want a duration like 1.5s", j.Delay))
		}
		f.Delay = d
	}
	if j.Probability != nil {
		f.Probability = *j.Probability
	}
	if f.Probability <= 0 || f.Probability > 1 {
		problems = append(problems, fmt.Errorf("probability %v: want above 0, at most 1", f.Probability))
	}
	if j.Status != 0 && (j.Status < 200 || j.Status > 599) {
		problems = append(problems, fmt.Errorf("status %d: want 200 to 599", j.Status))
	}
	if j.Skip < 0 || j.Count < 0 || j.RetryAfter < 0 {
		problems = append(problems, errors.New("skip, count and retry_after cannot be negative"))
	}
	switch j.Body {
	case "", bodyJSON, bodyHTML, bodyEmpty, bodyTruncated:
	default:
		problems = append(problems, fmt.Errorf("body %q: want json, html, empty or truncated", j.Body))
	}
	if j.Status == 0 && !j.Drop && f.Delay == 0 && j.Body == "" && j.ContentType == "" {
		problems = append(problems, errors.New("the fault does nothing: want status, drop, delay or body"))
	}
	return f, errors.Join(problems...)
}
