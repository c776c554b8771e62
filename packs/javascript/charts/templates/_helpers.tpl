{{/* The name of every object: the release's, which is the application's. A Service's begins with a letter and has no dot in it. */}}
{{- define "app.fullname" -}}
{{- $name := .Release.Name -}}
{{- if not (contains .Chart.Name .Release.Name) -}}{{- $name = printf "%s-%s" .Release.Name .Chart.Name -}}{{- end -}}
{{- $name = replace "." "-" $name -}}
{{- if not (regexMatch "^[a-z]" $name) -}}{{- $name = printf "app-%s" $name -}}{{- end -}}
{{- $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What a pod is selected by: it can never change. Names are quoted: "on" is a truth and "1e3" a number to YAML. */}}
{{- define "app.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* The labels of every object. "draft" is how draft finds its applications. */}}
{{- define "app.labels" -}}
{{ include "app.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
draft: {{ default .Release.Name .Values.draft | quote }}
{{- with .Values.image.tag }}
app.kubernetes.io/version: {{ . | toString | trunc 63 | quote }}
{{- end }}
{{- end -}}

{{/* The build, as a label where it can be one. */}}
{{- define "app.buildLabel" -}}
{{- with .Values.buildID -}}
{{- if regexMatch "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$" (toString .) -}}
buildID: {{ . | quote }}
{{- end -}}
{{- end -}}
{{- end -}}
