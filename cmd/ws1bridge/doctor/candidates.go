package doctor

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"ws1bridge/upstream"
)

// candidatesOf are the providers that could stand for Okta: those that use the directory,
// and where there is none, all but the built-in one.
func candidatesOf(all []upstream.IdentityProvider, d upstream.Directory) []upstream.IdentityProvider {
	if using := providersOf(all, d); len(using) > 0 {
		return using
	}
	return slices.DeleteFunc(slices.Clone(all), func(p upstream.IdentityProvider) bool { return p.BuiltIn })
}

// inDetail reads of each provider what the list does not tell, as far as that may be read.
func (a *access) inDetail(ctx context.Context, providers []upstream.IdentityProvider) []upstream.IdentityProvider {
	detailed := slices.Clone(providers)
	for i, p := range detailed {
		if p.ID == "" || p.NameID != "" {
			continue
		}
		if whole, err := a.client.IdentityProvider(ctx, p.ID); err == nil {
			detailed[i] = whole
		}
	}
	return detailed
}

// withoutProvider is the verdict on a directory that no provider uses.
func withoutProvider(d upstream.Directory, candidates []upstream.IdentityProvider) verdict {
	nobody := "no identity provider uses the directory " + d.Name + ": nobody of it can log in"
	switch len(candidates) {
	case 0:
		return failed("there is no identity provider for Okta: nobody of the directory "+d.Name+" can log in",
			"ws1bridge login setup --metadata URL, with the Metadata URL of Okta's app for log-ins (Sign On > SAML 2.0)")
	case 1:
		return failed(nobody+"; there is "+described(candidates[0]),
			"if it stands for Okta: ws1bridge login setup --provider "+Quote(candidates[0].Name))
	}
	return failed(nobody+"; there are "+allDescribed(candidates),
		"choose the one that stands for Okta (ws1bridge login show says for whom each stands): "+
			"ws1bridge login setup --provider NAME")
}

// disabledProviders is the verdict on a directory whose providers are all disabled.
func disabledProviders(d upstream.Directory, using []upstream.IdentityProvider) verdict {
	if p := using[0]; len(using) == 1 {
		return failed("the identity provider "+p.Name+" uses the directory "+d.Name+", but is disabled",
			"enable "+p.Name+" under Identity Providers in Access, or: ws1bridge login setup --enable --provider "+
				Quote(p.Name))
	}
	return failed("each identity provider that uses the directory "+d.Name+" is disabled: "+allDescribed(using),
		"enable the one that stands for Okta (ws1bridge login show says for whom each stands): "+
			"ws1bridge login setup --enable --provider NAME")
}

func allDescribed(providers []upstream.IdentityProvider) string {
	var list []string
	for _, p := range providers {
		list = append(list, described(p))
	}
	return strings.Join(list, "; ")
}

// described tells a provider from others.
func described(p upstream.IdentityProvider) string {
	words := []string{"enabled"}
	if !p.Enabled {
		words = []string{"disabled"}
	}
	if len(p.Methods) > 0 {
		words = append(words, "method "+strings.Join(p.Methods, ", "))
	}
	if p.NameID != "" {
		words = append(words, "finds people by "+p.NameID)
	}
	return p.Name + " (" + strings.Join(words, ", ") + ")"
}

// plainWord matches what no shell takes for anything but itself.
var plainWord = regexp.MustCompile(`^[\pL\pN_./:@%+-]+$`)

// Quote writes a name as a shell takes it for one word.
func Quote(name string) string {
	if plainWord.MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
