{{- define "bedquota.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "bedquota.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains (include "bedquota.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "bedquota.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "bedquota.selector" -}}
app.kubernetes.io/name: {{ include "bedquota.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "bedquota.labels" -}}
{{ include "bedquota.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "bedquota.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "bedquota.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "bedquota.image" -}}
{{ printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end -}}

{{/* What the restricted Pod Security Standard asks for, and a file system that nobody writes to. */}}
{{- define "bedquota.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "bedquota.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* gateway.yaml: the values' configuration, and what the chart decides. */}}
{{- define "bedquota.configuration" -}}
{{- $gateway := .Values.gateway -}}
{{- $secret := required "gateway.secret.name is the Secret with the gateway's master secret" $gateway.secret.name -}}
{{- if not $gateway.config.keys -}}
{{- fail "gateway.config.keys names the callers; without one, nobody outside the pod could use the gateway" -}}
{{- end -}}
{{- if and (gt (int $gateway.replicas) 1) (not (hasKey $gateway.config "fleet")) (not (hasKey $gateway.config "quota_share")) -}}
{{- fail "several gateways in front of one account need gateway.config.fleet, or gateway.config.quota_share for the part of each" -}}
{{- end -}}
{{- $config := deepCopy $gateway.config -}}
{{- $_ := set $config "listen" "0.0.0.0:4000" -}}
{{- if $gateway.secret.masterKey -}}
{{- $_ := set $config "master" (printf "${file:/run/secrets/bedquota/%s}" $gateway.secret.masterKey) -}}
{{- end -}}
{{- if $gateway.secret.adminKey -}}
{{- $_ := set $config "admin" (dict "secret" (printf "${file:/run/secrets/bedquota/%s}" $gateway.secret.adminKey)) -}}
{{- end -}}
{{- if $gateway.tlsSecret -}}
{{- $_ := set $config "tls" (dict "cert" "/run/secrets/bedquota-tls/tls.crt" "key" "/run/secrets/bedquota-tls/tls.key") -}}
{{- end -}}
{{- toYaml $config -}}
{{- end -}}
