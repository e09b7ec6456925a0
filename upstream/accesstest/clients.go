package accesstest

import (
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
)

const clientsPath = apiPath + "/oauth2clients"

// clientView is the one OAuth client. The fields are those with which public clients create one, and
// times are in minutes as there; that its secret is not shown is chosen.
func (e *Emulator) clientView() object {
	return object{
		"clientId": e.cfg.ClientID, "rememberAs": e.cfg.ClientID, "scope": "admin", "redirectUri": nil,
		"authGrantTypes": "client_credentials refresh_token", "tokenType": "Bearer", "tokenLength": 32,
		"accessTokenTTL": int(e.cfg.TokenTTL / time.Minute), "displayUserGrant": false,
	}
}

// listClients is read without an Accept by public clients, which look at items. Clients cannot be
// changed here.
func (e *Emulator) listClients(*http.Request) (answer, error) {
	return okay(object{"items": []any{e.clientView()}})
}

func (e *Emulator) getClient(r *http.Request) (answer, error) {
	if chi.URLParam(r, "id") != e.cfg.ClientID {
		return answer{}, refuse(http.StatusNotFound, "oauth2client.not.found", "The OAuth client does not exist")
	}
	return e.store.modes.as(r, e.clientView(), typeClient)
}
