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
//	                        with bodies where the emulator records them
//	GET    /state           users, groups, directories
//	POST   /tokens/revoke   refuses all tokens given out
//	POST   /secret          gives the client another secret: {"client_secret"}
//	POST   /modes           changes the modes it names       GET         /modes
func (e *Emulator) Control() http.Handler {
	r := chi.NewRouter()
	r.NotFound(func(w http.ResponseWriter, r *http.Request) {
		controlError(w, http.StatusNotFound, fmt.Errorf("no %s here", r.URL.Path))
	})
	r.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) {
		controlError(w, http.StatusMethodNotAllowed, fmt.Errorf("%s is not allowed on %s", r.Method, r.URL.Path))
	})
	r.Post("/faults", takes(e.postFault))
	r.Get("/faults", shows(e.listFaults))
	r.Delete("/faults", does(e.ClearFaults))
	r.Get("/requests", shows(e.listRequests))
	r.Delete("/requests", does(e.ClearRequests))
	r.Get("/state", shows(func() any { return e.State() }))
	r.Post("/tokens/revoke", does(e.RevokeTokens))
	r.Post("/secret", takes(e.postSecret))
	r.Get("/modes", shows(func() any { return e.Modes().wire() }))
	r.Post("/modes", takes(e.postModes))
	return r
}

func shows(content func() any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		answer{status: http.StatusOK, body: content()}.write(w)
	}
}

func does(action func()) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		action()
		w.WriteHeader(http.StatusNoContent)
	}
}

// takes gives the body to action, every error of which is the client's.
func takes(action func(body io.Reader) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		a, err := action(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			controlError(w, http.StatusBadRequest, err)
			return
		}
		a.write(w)
	}
}

func controlError(w http.ResponseWriter, status int, err error) {
	answer{status: status, body: object{"error": err.Error()}}.write(w)
}

// modesJSON are modes on the control address.
type modesJSON struct {
	Modes

	Lag string `json:"lag"`
}

func (m Modes) wire() modesJSON { return modesJSON{m, m.Lag.String()} }

// postModes changes the modes that the body names and answers with all of them.
func (e *Emulator) postModes(body io.Reader) (answer, error) {
	sent, err := io.ReadAll(body) // before the lock, so that no client can hold it
	if err == nil {
		err = e.changeModes(func(m *Modes) error {
			wire := m.wire()
			if err := decodeStrict(bytes.NewReader(sent), &wire); err != nil {
				return err
			}
			*m = wire.Modes
			m.Lag, err = duration("lag", wire.Lag)
			return err
		})
	}
	return answer{status: http.StatusOK, body: e.Modes().wire()}, err
}

// postSecret gives the OAuth client another secret.
func (e *Emulator) postSecret(body io.Reader) (answer, error) {
	var sent struct {
		ClientSecret string `json:"client_secret"`
	}
	if err := decodeStrict(body, &sent); err != nil {
		return answer{}, err
	}
	if sent.ClientSecret == "" {
		return answer{}, errors.New("client_secret is required")
	}
	e.RotateSecret(sent.ClientSecret)
	return answer{status: http.StatusNoContent}, nil
}

func (e *Emulator) postFault(body io.Reader) (answer, error) {
	wire := faultJSON{Fault: Fault{Probability: 1}}
	if err := decodeStrict(body, &wire); err != nil {
		return answer{}, err
	}
	f, err := wire.fault()
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusCreated, body: object{"id": e.AddFault(f)}}, nil
}

func (e *Emulator) listFaults() any {
	listed := []faultJSON{}
	for _, f := range e.Faults() {
		listed = append(listed, faultJSON{f, f.Delay.String()})
	}
	return object{"faults": listed}
}

func (e *Emulator) listRequests() any {
	requests, total := e.history.snapshot()
	return object{"total": total, "requests": requests}
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
	Fault

	Delay string `json:"delay"`
}

// fault checks the values and reports all that is wrong.
func (j faultJSON) fault() (Fault, error) {
	f := j.Fault
	var delay error
	f.Delay, delay = duration("delay", j.Delay)
	return f, errors.Join(delay, f.validate())
}

// duration reads a text like 1.5s; an empty one is 0.
func duration(name, text string) (time.Duration, error) {
	if text == "" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%s %q: want a duration like 1.5s", name, text)
	}
	return d, nil
}
