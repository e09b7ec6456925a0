{{- define "ws1bridge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{- /* The longest suffix of a name is -ingress-tls. */ -}}
{{- define "ws1bridge.fullname" -}}
{{- $name := include "ws1bridge.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 50 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "ws1bridge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "ws1bridge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "ws1bridge.labels" -}}
{{- $own := include "ws1bridge.selectorLabels" . | fromYaml -}}
{{- $_ := set $own "helm.sh/chart" (printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63) -}}
{{- $_ := set $own "app.kubernetes.io/version" (.Chart.AppVersion | replace "+" "_" | trunc 63) -}}
{{- $_ := set $own "app.kubernetes.io/managed-by" .Release.Service -}}
{{- merge $own .Values.commonLabels | toYaml -}}
{{- end -}}

{{- /* metadata of a resource: (list . suffix labels annotations), of which the last three may be empty. */ -}}
{{- define "ws1bridge.metadata" -}}
{{- $top := index . 0 -}}
name: {{ include "ws1bridge.fullname" $top }}{{ index . 1 }}
namespace: {{ $top.Release.Namespace }}
labels:
  {{- merge (include "ws1bridge.labels" $top | fromYaml) (index . 2) | toYaml | nindent 2 }}
{{- with index . 3 }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{- define "ws1bridge.serviceAccount" -}}
{{- $unnamed := ternary (include "ws1bridge.fullname" .) "default" .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default $unnamed -}}
{{- end -}}

{{- define "ws1bridge.image" -}}
{{- with .Values.image.digest -}}
{{ $.Values.image.repository }}@{{ . }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "ws1bridge.secretName" -}}
{{- .Values.secret.existing | default (include "ws1bridge.fullname" .) -}}
{{- end -}}

{{- /* Whether the file with tokens for Okta is used: "true", or nothing. */ -}}
{{- define "ws1bridge.tokensFile" -}}
{{- if not (dig "okta" "tokens" nil .Values.config) }}true{{ end -}}
{{- end -}}

{{- /* The configuration file: the given one, and what the chart decides. */ -}}
{{- define "ws1bridge.config" -}}
{{- $access := dict "client_secret_file" "/etc/ws1bridge/access-client-secret" -}}
{{- if gt (int .Values.replicas) 1 -}}
{{- /* A copy must not change a record by what it read before another copy changed it. */ -}}
{{- $_ := set $access "reuse_reads" (dig "access" "reuse_reads" 0 .Values.config) -}}
{{- end -}}
{{- $own := dict "listen" ":8080" "ops_listen" ":9090" "access" $access -}}
{{- if include "ws1bridge.tokensFile" . -}}
{{- $_ := set $own "okta" (dict "tokens_file" "/etc/ws1bridge/okta-tokens") -}}
{{- end -}}
{{- $config := mergeOverwrite (deepCopy .Values.config) $own -}}
{{- /* Helm reads YAML 1.1, to which the keys on and off of attributes are true and false. */ -}}
{{- range $pair := $config.attributes -}}
{{- range $read, $written := dict "true" "on" "false" "off" -}}
{{- if hasKey $pair $read -}}
{{- $_ := set $pair $written (get $pair $read) -}}
{{- $_ := unset $pair $read -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}

{{- /* How long a copy finishes open requests; a constant of the bridge. */ -}}
{{- define "ws1bridge.drainSeconds" -}}50{{- end -}}

{{- define "ws1bridge.graceSeconds" -}}
{{- add .Values.shutdown.delaySeconds (include "ws1bridge.drainSeconds" . | int) .Values.shutdown.marginSeconds -}}
{{- end -}}

{{- /* A quantity of memory in bytes; nothing if it is none. */ -}}
{{- define "ws1bridge.bytes" -}}
{{- $units := dict "" 1 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- $text := kindIs "float64" . | ternary (printf "%.0f" (float64 .)) (toString .) -}}
{{- if regexMatch "^[0-9]+(\\.[0-9]+)?([kMGT]|[KMGT]i)?$" $text -}}
{{- $unit := regexFind "[A-Za-z]*$" $text -}}
{{- mulf (trimSuffix $unit $text | float64) (get $units $unit | float64) | int64 -}}
{{- end -}}
{{- end -}}

{{- /* 90 % of the limit of memory, for Go; nothing without a limit. */ -}}
{{- define "ws1bridge.memoryLimit" -}}
{{- with dig "limits" "memory" "" .Values.resources -}}
{{- with include "ws1bridge.bytes" . -}}
{{- div (mul (int64 .) 9) 10485760 }}MiB
{{- end -}}
{{- end -}}
{{- end -}}

{{- /* The port of Access, of its URL. */ -}}
{{- define "ws1bridge.accessPort" -}}
{{- regexFind ":[0-9]+$" (urlParse .Values.config.access.url).host | trimPrefix ":" | default "443" -}}
{{- end -}}
