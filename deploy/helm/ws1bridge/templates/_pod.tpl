{{- define "ws1bridge.podSpec" -}}
serviceAccountName: {{ include "ws1bridge.serviceAccount" . }}
automountServiceAccountToken: false
# The bridge calls nothing in the cluster by the variables of Services.
enableServiceLinks: false
# Delay, {{ include "ws1bridge.drainSeconds" . }} s to finish open requests, and a margin.
terminationGracePeriodSeconds: {{ include "ws1bridge.graceSeconds" . }}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
containers:
  - name: ws1bridge
    {{- include "ws1bridge.container" . | nindent 4 }}
volumes:
  - name: config
    {{- include "ws1bridge.volume" . | nindent 4 }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.topologySpread }}
{{- if and .enabled .keys }}
topologySpreadConstraints:
  {{- range .keys }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: {{ $.Values.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "ws1bridge.selectorLabels" $ | nindent 8 }}
    # Copies of one version are spread, not those of the old and the new one together.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with index $.Values $key }}
{{- toYaml (dict $key .) | nindent 0 }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "ws1bridge.container" -}}
image: {{ include "ws1bridge.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  {{- concat (list "serve") .Values.extraArgs | toYaml | nindent 2 }}
env:
  {{- include "ws1bridge.env" . | nindent 2 }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: {{ ternary "https" "http" (ne .Values.tls.secretName "") }}
    containerPort: 8080
  - name: ops
    containerPort: 9090
{{- range $name, $path := dict "startup" "/healthz" "liveness" "/healthz" "readiness" "/readyz" }}
{{ $name }}Probe:
  httpGet: {path: {{ $path }}, port: ops}
  {{- toYaml (index $.Values.probes $name) | nindent 2 }}
{{- end }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - name: config
    mountPath: /etc/ws1bridge
    readOnly: true
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "ws1bridge.env" -}}
- name: WS1BRIDGE_CONFIG
  value: /etc/ws1bridge/config.yaml
- name: WS1BRIDGE_SHUTDOWN_DELAY
  value: {{ .Values.shutdown.delaySeconds }}s
{{- if .Values.tls.secretName }}
- name: WS1BRIDGE_TLS_CERT_FILE
  value: /etc/ws1bridge/tls.crt
- name: WS1BRIDGE_TLS_KEY_FILE
  value: /etc/ws1bridge/tls.key
{{- end }}
{{- if .Values.tls.clientCA.secretName }}
- name: WS1BRIDGE_TLS_CLIENT_CA_FILE
  value: /etc/ws1bridge/client-ca.crt
{{- end }}
{{- with .Values.journal.existingSecret }}
- name: WS1BRIDGE_JOURNAL
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: {{ $.Values.journal.key }}}
{{- end }}
{{- with include "ws1bridge.memoryLimit" . }}
- name: GOMEMLIMIT
  value: {{ . }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- /* All files in one volume: the kubelet swaps them together, so configuration and secrets change at once. */ -}}
{{- define "ws1bridge.volume" -}}
projected:
  # 0440
  defaultMode: 288
  sources:
    - configMap:
        name: {{ include "ws1bridge.fullname" . }}
        items:
          - {key: config.yaml, path: config.yaml}
    - secret:
        name: {{ include "ws1bridge.secretName" . }}
        items:
          - {key: {{ .Values.secret.keys.accessClientSecret }}, path: access-client-secret}
          {{- if include "ws1bridge.tokensFile" . }}
          - {key: {{ .Values.secret.keys.oktaTokens }}, path: okta-tokens}
          {{- end }}
          {{- range .Values.secret.extraKeys }}
          - {key: {{ . }}, path: {{ . }}}
          {{- end }}
    {{- with .Values.tls.secretName }}
    - secret:
        name: {{ . }}
        items:
          - {key: tls.crt, path: tls.crt}
          - {key: tls.key, path: tls.key}
    {{- end }}
    {{- with .Values.tls.clientCA.secretName }}
    - secret:
        name: {{ . }}
        items:
          - {key: {{ $.Values.tls.clientCA.key }}, path: client-ca.crt}
    {{- end }}
{{- end -}}
