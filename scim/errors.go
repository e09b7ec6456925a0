package scim

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	scimerrors "github.com/elimity-com/scim/errors"
	"go.uber.org/zap"

	"ws1bridge/scim/problem"
	"ws1bridge/upstream"
)

// maxRetryAfter bounds what Okta is asked to wait: it doubles the time itself.
const maxRetryAfter = 10 * time.Minute

// problem turns any error into the answer for the caller: the one place where
// that happens. What a was given for the header stays. Okta shows the detail to
// its administrator, so the request id stands in it: with it the line in the
// bridge's log is found.
func (h *Handler) problem(r *http.Request, rec *record, a answer, err error) answer {
	e, wait := scimError(r, err)
	if e.Status == http.StatusUnauthorized {
		a.header("WWW-Authenticate", `Bearer realm="ws1bridge"`)
	}
	if e.Status == http.StatusTooManyRequests {
		a.header("Retry-After", strconv.Itoa(h.seconds(wait)))
	}
	e.Detail += " (request " + rec.id + ")"
	a.status, a.body = e.Status, e
	return a
}

func scimError(r *http.Request, err error) (e scimerrors.ScimError, wait time.Duration) {
	var own *scimerrors.ScimError
	var invalid *problem.Error
	var access *upstream.Error
	var stranger *unauthenticatedError
	switch {
	case errors.As(err, &stranger):
		return scimerrors.ScimError{Status: http.StatusUnauthorized, Detail: stranger.Error()}, 0
	case errors.As(err, &e):
		return e, 0
	case errors.As(err, &own):
		return *own, 0
	case errors.As(err, &invalid):
		return badRequest(scimerrors.ScimTypeInvalidValue, invalid.Error()), 0
	case errors.As(err, &access):
		return accessError(r, access)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.Is(err, errTimeout):
		return tryAgain("The bridge could not finish the request in time."), 0
	}
	return scimerrors.ScimError{Status: http.StatusInternalServerError,
		Detail: "The bridge failed on this request, which is an error in the bridge itself: see its log."}, 0
}

// detailer is an error that has a sentence for Okta's administrator, such as a
// token that could not be had.
type detailer interface {
	error
	Detail() string
}

// accessError answers trouble with Access. What may pass, or what an
// administrator of Access can mend, is a 429: Okta repeats it by itself.
func accessError(r *http.Request, err *upstream.Error) (scimerrors.ScimError, time.Duration) {
	var detailed detailer
	switch {
	case errors.Is(err, upstream.ErrRefused):
		return badRequest(scimerrors.ScimTypeInvalidValue, refusedDetail(err)), 0
	case errors.Is(err, upstream.ErrNotFound):
		return notFound(resourceID(r)), 0
	case errors.Is(err, upstream.ErrConflict):
		return conflict("Workspace ONE Access already has another user or group with this name."), 0
	case errors.As(err, &detailed):
		return tryAgain(detailed.Detail()), 0
	case errors.Is(err, upstream.ErrNotPermitted) && err.Status == 0:
		return tryAgain("The bridge or Workspace ONE Access is not set up for this: " + err.Message + "."), 0
	case errors.Is(err, upstream.ErrNotPermitted) && err.Status == http.StatusUnauthorized:
		return tryAgain("Workspace ONE Access refuses every token of the bridge (401): check that the bridge's OAuth client is still valid."), err.RetryAfter
	case errors.Is(err, upstream.ErrNotPermitted):
		return tryAgain("Workspace ONE Access does not let the bridge do this (" + strconv.Itoa(err.Status) +
			"): give the bridge's OAuth client an admin role that may manage users and groups."), err.RetryAfter
	}
	return tryAgain(unavailableDetail(err)), err.RetryAfter
}

func refusedDetail(err *upstream.Error) string {
	if err.Status == 0 && err.Message != "" {
		return err.Message // the client's own judgement
	}
	if err.Message == "" {
		return "Workspace ONE Access refused the data (" + strconv.Itoa(err.Status) + ") without saying why."
	}
	return "Workspace ONE Access refused the data: " + err.Message
}

func unavailableDetail(err *upstream.Error) string {
	switch {
	case errors.Is(err, upstream.ErrCircuitOpen):
		return "Workspace ONE Access failed several times in a row, so the bridge waits before it asks again."
	case errors.Is(err, upstream.ErrTooBusy):
		return "The bridge has too many requests to Workspace ONE Access under way."
	case err.Status == http.StatusTooManyRequests:
		return "Workspace ONE Access asks the bridge to slow down."
	case err.Status == 0 && (errors.Is(err, context.DeadlineExceeded) || errors.Is(err, errTimeout)):
		return "Workspace ONE Access did not answer in time."
	case err.Status == 0:
		return "Workspace ONE Access cannot be reached."
	case err.Status/100 == 2:
		return "Workspace ONE Access gave an answer that the bridge does not understand."
	case err.Status/100 == 3:
		return "Workspace ONE Access redirects to another address: check the bridge's access.url."
	case err.Status/100 == 4:
		return "Something other than Workspace ONE Access answered (" + strconv.Itoa(err.Status) + "): check the bridge's access.url."
	}
	return "Workspace ONE Access has an error of its own (" + strconv.Itoa(err.Status) + ")."
}

// seconds is a Retry-After that Okta honors: a whole number, at least 1.
func (h *Handler) seconds(wait time.Duration) int {
	if wait <= 0 {
		wait = h.RetryAfter
	}
	return int(math.Ceil(min(wait, maxRetryAfter).Seconds()))
}

func tryAgain(detail string) scimerrors.ScimError {
	return scimerrors.ScimError{Status: http.StatusTooManyRequests, Detail: detail + " Okta will repeat the request by itself."}
}

func badRequest(kind scimerrors.ScimType, detail string) scimerrors.ScimError {
	return scimerrors.ScimError{Status: http.StatusBadRequest, ScimType: kind, Detail: detail}
}

func conflict(detail string) scimerrors.ScimError {
	return scimerrors.ScimError{Status: http.StatusConflict, ScimType: scimerrors.ScimTypeUniqueness, Detail: detail}
}

func notFound(id string) scimerrors.ScimError {
	return scimerrors.ScimErrorResourceNotFound(clip(id))
}

// clip shortens what a caller sent before it is shown again.
func clip(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	if runes := []rune(s); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return s
}

// cause is what the log says of an error: kinds, statuses and technical causes,
// never the detail, which may name a person.
func cause(err error) []zap.Field {
	var panicked *panicError
	var access *upstream.Error
	var own scimerrors.ScimError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &panicked):
		return []zap.Field{zap.Error(panicked), panicked.stack}
	case errors.As(err, &access):
		return []zap.Field{zap.NamedError("error", access)}
	case errors.As(err, &own) && own.ScimType == "":
		return nil
	case errors.As(err, &own):
		return []zap.Field{zap.String("scim_type", string(own.ScimType))}
	}
	return []zap.Field{zap.Error(err)}
}
