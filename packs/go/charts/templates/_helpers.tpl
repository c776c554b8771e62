{{/* The name of all objects: that of the application and its release. A Service name begins with a letter. */}}
{{- define "app.fullname" -}}
{{- $name := .Release.Name -}}
{{- if not (contains .Chart.Name .Release.Name) -}}{{- $name = printf "%s-%s" .Release.Name .Chart.Name -}}{{- end -}}
{{- $name = replace "." "-" $name -}}
{{- if not (regexMatch "^[a-z]" $name) -}}{{- $name = printf "app-%s" $name -}}{{- end -}}
{{- $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* The selector of the pods: it can never change. Names are quoted: in YAML "on" is a boolean and "1e3" a number. */}}
{{- define "app.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* The labels of all objects. draft finds its applications by the label "draft". */}}
{{- define "app.labels" -}}
{{ include "app.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
draft: {{ default .Release.Name .Values.draft | quote }}
{{- with .Values.image.tag }}
app.kubernetes.io/version: {{ . | toString | trunc 63 | quote }}
{{- end }}
{{- end -}}

{{/* The build ID, as a label if it is a valid label value. */}}
{{- define "app.buildLabel" -}}
{{- with .Values.buildID -}}
{{- if regexMatch "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$" (toString .) -}}
buildID: {{ . | quote }}
{{- end -}}
{{- end -}}
{{- end -}}
