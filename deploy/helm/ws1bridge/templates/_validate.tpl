{{- /* What the schema cannot say, all mistakes at once. */ -}}
{{- define "ws1bridge.validate" -}}
{{- $mistakes := concat
    (include "ws1bridge.mistakesOfSecret" . | fromYamlArray)
    (include "ws1bridge.mistakesOfConfig" . | fromYamlArray)
    (include "ws1bridge.mistakesOfEnv" . | fromYamlArray)
    (include "ws1bridge.mistakesOfIngress" . | fromYamlArray) -}}
{{- with dig "limits" "memory" "" .Values.resources -}}
{{- if not (include "ws1bridge.bytes" .) -}}
{{- $mistakes = append $mistakes "resources.limits.memory: must look like 256Mi, 1Gi or 500M" -}}
{{- end -}}
{{- end -}}
{{- if $mistakes -}}
{{- fail (printf "\n- %s\n" (join "\n- " $mistakes)) -}}
{{- end -}}
{{- end -}}

{{- define "ws1bridge.mistakesOfSecret" -}}
{{- $s := .Values.secret -}}
{{- $tokens := include "ws1bridge.tokensFile" . -}}
{{- if and $s.existing (or $s.accessClientSecret $s.oktaTokens) }}
- "secret: set either existing, or accessClientSecret and oktaTokens"
{{- else if not (or $s.existing $s.accessClientSecret) }}
- "secret: set existing to the name of a Secret, or accessClientSecret and oktaTokens"
{{- else if and $s.accessClientSecret $tokens (not $s.oktaTokens) }}
- "secret.oktaTokens: at least one token for Okta is required"
{{- else if and $s.oktaTokens (not $tokens) }}
- "secret.oktaTokens: config.okta.tokens has the tokens already; set one of the two"
{{- end }}
{{- if and $s.extraKeys (not $s.existing) }}
- "secret.extraKeys: are keys of a Secret of your own; set secret.existing"
{{- end }}
{{- range $s.extraKeys }}
{{- if has . (list "config.yaml" "access-client-secret" "okta-tokens" "tls.crt" "tls.key" "client-ca.crt") }}
- "secret.extraKeys: {{ . }} is a file that the chart makes; give the key another name"
{{- end }}
{{- end }}
{{- end -}}

{{- define "ws1bridge.mistakesOfConfig" -}}
{{- $c := .Values.config -}}
{{- range $key, $instead := dict
    "listen" "the chart decides it; service.port is the port in the cluster"
    "ops_listen" "the chart decides it; opsService.port is the port in the cluster"
    "tls" "use tls.secretName"
    "shutdown" "use shutdown.delaySeconds, of which the grace period is made" }}
{{- if hasKey $c $key }}
- "config.{{ $key }}: {{ $instead }}"
{{- end }}
{{- end }}
{{- range $path, $instead := dict
    "access.client_secret_file" "use secret.existing"
    "okta.tokens_file" "use secret.existing"
    "journal.url" "use journal.existingSecret; the URL may hold a password" }}
{{- $at := splitList "." $path }}
{{- if hasKey (dig (first $at) dict $c) (last $at) }}
- "config.{{ $path }}: {{ $instead }}"
{{- end }}
{{- end }}
{{- include "ws1bridge.secretsIn" (list "config" $c) }}
{{- end -}}

{{- /* Keys below (list path value) that hold secrets: they do not belong in a ConfigMap. */ -}}
{{- define "ws1bridge.secretsIn" -}}
{{- $path := first . -}}
{{- range $key, $value := last . }}
{{- $here := kindIs "string" $key | ternary (printf "%s.%v" $path $key) (printf "%s[%v]" $path $key) }}
{{- $named := regexMatch "(^|[._])(secret|password|token|private_key)$" $here }}
{{- if or (and $named (kindIs "string" $value)) (and (hasSuffix ".tokens" $path) (kindIs "string" $value)) }}
- "{{ $here }}: a secret must not be in a ConfigMap; use secret, or a file of secret.extraKeys"
{{- else if and (hasSuffix ".tokens" $here) (kindIs "string" $value) }}
- "{{ $here }}: tokens must not be in a ConfigMap; use secret"
{{- else if or (kindIs "map" $value) (kindIs "slice" $value) }}
{{- include "ws1bridge.secretsIn" (list $here $value) }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "ws1bridge.mistakesOfEnv" -}}
{{- $seen := dict -}}
{{- $chart := list "WS1BRIDGE_CONFIG" "WS1BRIDGE_LISTEN" "WS1BRIDGE_OPS_LISTEN" "WS1BRIDGE_SHUTDOWN_DELAY"
    "WS1BRIDGE_ACCESS_CLIENT_SECRET_FILE" "WS1BRIDGE_OKTA_TOKENS_FILE" "WS1BRIDGE_TLS_CERT_FILE"
    "WS1BRIDGE_TLS_KEY_FILE" "WS1BRIDGE_TLS_CLIENT_CA_FILE" "WS1BRIDGE_JOURNAL" "GOMEMLIMIT" }}
{{- range .Values.extraEnv }}
{{- if has .name $chart }}
- "extraEnv: {{ .name }} is set by the chart, by other values"
{{- else if hasKey $seen .name }}
- "extraEnv: {{ .name }} is there twice"
{{- end }}
{{- $_ := set $seen .name true }}
{{- end }}
{{- end -}}

{{- define "ws1bridge.mistakesOfIngress" -}}
{{- if and .Values.ingress.enabled .Values.ingress.hashByPath (not .Values.ingress.controller) }}
- "ingress.hashByPath: set ingress.controller, which says what annotations it takes"
{{- end }}
{{- if and .Values.tls.clientCA.secretName (not .Values.tls.secretName) }}
- "tls.clientCA: is for HTTPS by the bridge itself; set tls.secretName too"
{{- end }}
{{- end -}}
