package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// oktaClient sends requests as Okta does.
type oktaClient struct {
	base, token string
}

// reply is what the bridge answered.
type reply struct {
	status     int
	retryAfter string
	body       map[string]any
}

func (o oktaClient) send(ctx context.Context, method, path string, body any) (reply, error) {
	var payload io.Reader
	if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			return reply{}, err
		}
		payload = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, o.base+path, payload)
	if err != nil {
		return reply{}, err
	}
	req.Header.Set("Authorization", "Bearer "+o.token)
	req.Header.Set("Accept", "application/scim+json")
	req.Header.Set("User-Agent", "Okta SCIM Client 1.0.0")
	if body != nil {
		req.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	res, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return reply{}, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{}, err
	}
	out := reply{status: res.StatusCode, retryAfter: res.Header.Get("Retry-After")}
	if len(b) == 0 {
		return out, nil
	}
	if err := json.Unmarshal(b, &out.body); err != nil {
		return out, fmt.Errorf("%s %s: the answer is not JSON: %w", method, path, err)
	}
	return out, nil
}

// id is the id of the resource that was answered.
func (r reply) id() string {
	id, _ := r.body["id"].(string)
	return id
}

// filtered is the path of Okta's search for one resource.
func filtered(path, attribute, value string) string {
	return path + "?filter=" + url.QueryEscape(attribute+` eq "`+value+`"`) + "&startIndex=1&count=100"
}

type object = map[string]any

// userBody is the body that Okta creates a user with, in Okta's order.
type userBody struct {
	Schemas     []string `json:"schemas"`
	UserName    string   `json:"userName"`
	Name        object   `json:"name"`
	Emails      []object `json:"emails"`
	DisplayName string   `json:"displayName"`
	Locale      string   `json:"locale"`
	ExternalID  string   `json:"externalId"`
	Groups      []object `json:"groups"`
	Password    string   `json:"password"`
	Active      bool     `json:"active"`
}

func oktaUser(userName, given, family, externalID string) userBody {
	return userBody{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, UserName: userName,
		Name:        object{"givenName": given, "familyName": family},
		Emails:      []object{{"primary": true, "value": userName, "type": "work"}},
		DisplayName: given + " " + family, Locale: "en-US", ExternalID: externalID,
		Groups: []object{}, Password: "a placeholder that goes nowhere", Active: true,
	}
}

func member(id, display string) object { return object{"value": id, "display": display} }

func patch(operations ...object) object {
	return object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations}
}
