#!/bin/sh
# All packs: the Dockerfile, the chart and the example of each, and that all have the same chart.
. "$(dirname "$0")/lib.sh"

packs=$root/packs
/usr/bin/python3 -c 'import yaml' 2>/dev/null && yaml=yes || yaml=
command -v hadolint >/dev/null && hadolint=yes || hadolint=
command -v helm >/dev/null && helm=yes || helm=
render() {
  chart=$1
  shift
  helm template web \
    "$chart" --set image.repository=r/web,image.tag=abc,draft=web,buildID=b1,basedomain=example.com,ondraft=true "$@"
}
json() {
  /usr/bin/python3 -c 'import sys, yaml, json; [print(json.dumps(d)) for d in yaml.safe_load_all(sys.stdin) if d]'
}

chart_of() { (cd "$packs/$1/charts" && find . -type f ! -name Chart.yaml -exec sha256sum {} + | sort); }
chart_of python >"$scratch/chart.python"
# Packs with a Dockerfile.
for dir in "$packs"/*/; do
  dir=${dir%/} pack=$(basename "$dir")
  [ "$pack" != generic ] || continue
  for file in Dockerfile .dockerignore tasks.toml README.md charts/Chart.yaml charts/values.yaml example; do
    ok "$pack has $file" test -e "$dir/$file"
  done
  for name in draft.toml Dockerfile charts/ .git '**/.env'; do
    ok "$pack ignores $name" grep -qxF "$name" "$dir/.dockerignore"
  done
  chart_of "$pack" >"$scratch/chart.$pack"
  ok "$pack: its chart is that of all packs" cmp "$scratch/chart.python" "$scratch/chart.$pack"
  is "$pack: port, user and variable agree" \
    "$(grep -ohE '^EXPOSE [0-9]+|PORT=[0-9]+|^USER [0-9:]+' "$dir/Dockerfile" | sort | tr '\n' ' ')" \
    "EXPOSE 8080 PORT=8080 USER 10001:10001 "
  not_ok "$pack: base images have a tag other than latest" grep -E '^FROM [^$]*(:latest| [^:]*)$' "$dir/Dockerfile" -q
  # shellcheck disable=SC2016 # $ is sed's
  is "$pack: sources come after the last RUN of the last stage" \
    "$(sed -n '/^FROM/{h;d};H;${x;p}' "$dir/Dockerfile" |
      grep -E '^(RUN|COPY.* \. (\.|/app/)$|COPY --from=build.*/app)' | tail -n 1 | cut -c1-4)" COPY
  # The rule of draft-pack(5): what is run after the source is the compiler alone. 9010-packs.t builds them.
  # shellcheck disable=SC2016 # $ is awk's
  is "$pack: no RUN after the source installs anything" \
    "$(awk '/^FROM/ { after = 0 } after && !/^#/; /^COPY( --chown=[^ ]*)? \. / { after = 1 }' "$dir/Dockerfile" |
      grep -owE 'install|ci|download|prune|apt-get|apk|mkdir|cp')" ""
  if [ "$hadolint" ]; then
    ok "$pack: hadolint finds no error" hadolint -t error "$dir/Dockerfile"
  else
    skip "$pack: hadolint" "no hadolint here"
  fi

  # The example becomes an application.
  rm -rf "$scratch/web"
  cp -r "$dir/example" "$scratch/web"
  ok "$pack: its example is detected" draft-detect "$scratch/web"
  is "$pack: … and selects the pack" "$(jq -r .pack.name "$out")" "$pack"
  is "$pack: on port 8080" "$(jq -r .language.port "$out")" 8080
  run sh -c "draft-detect $scratch/web | draft-scaffold"
  is "$pack: its example is scaffolded" "$status $(jq -r '.failure // empty' "$out")" "0 "
  not_ok "$pack: the Dockerfile has no open section" grep -qE '^# draft: (no )?(build|end)' \
    "$scratch/web/Dockerfile"
  is "$pack: one name everywhere" "$(grep ^name: "$scratch/web/charts/web/Chart.yaml")" 'name: "web"'
  ok "$pack: README and example of the pack are not copied" test ! -e "$scratch/web/README.md" -a ! -e \
    "$scratch/web/example"

  if [ ! "$helm" ]; then skip "$pack: helm" "no helm here"; continue; fi
  chart=$scratch/web/charts/web
  ok "$pack: helm lint" helm lint --strict "$chart" --set image.repository=r,image.tag=1
  is "$pack: no warning" "$(grep -cE 'WARNING|ERROR' "$out")" 0
  ok "$pack: helm template" render "$chart"
  if [ ! "$yaml" ]; then skip "$pack: the objects" "no PyYAML here"; continue; fi
  json <"$out" >"$scratch/objects"
  is "$pack: current API versions" "$(jq -r '.apiVersion + " " + .kind' "$scratch/objects" | sort | tr '\n' ',')" \
    "apps/v1 Deployment,v1 Service,"
  deployment() { jq -cS "select(.kind == \"Deployment\") | $1" "$scratch/objects"; }
  is "$pack: labels of the deployment" \
    "$(deployment '.metadata.labels | [.draft, ."app.kubernetes.io/instance", ."app.kubernetes.io/name"]')" \
    '["web","web","web"]'
  is "$pack: labels and annotation of the pods" \
    "$(deployment '.spec.template.metadata | [.labels.draft, .labels.buildID, .annotations.buildID]')" \
    '["web","b1","b1"]'
  is "$pack: the selector has only constant labels" "$(deployment '.spec.selector.matchLabels | keys')" \
    '["app.kubernetes.io/instance","app.kubernetes.io/name"]'
  is "$pack: the image" "$(deployment '.spec.template.spec.containers[0].image')" '"r/web:abc"'
  is "$pack: locked down" "$(deployment '.spec.template.spec | [.securityContext.runAsNonRoot, .securityContext.runAsUser, .securityContext.seccompProfile.type,
    .containers[0].securityContext.readOnlyRootFilesystem, .containers[0].securityContext.allowPrivilegeEscalation,
    .containers[0].securityContext.capabilities.drop[0], .containers[0].volumeMounts[0].mountPath]')" \
    '[true,10001,"RuntimeDefault",true,false,"ALL","/tmp"]'
  render "$chart" --set securityContext.readOnlyRootFilesystem=false | json >"$scratch/lax"
  is "$pack: a writable root file system has no volume" \
    "$(jq -c 'select(.kind == "Deployment") | .spec.template.spec | [.volumes, .containers[0].volumeMounts]' \
      "$scratch/lax")" '[null,null]'
  is "$pack: probes and resources" "$(deployment \
      '.spec.template.spec.containers[0] | [has("readinessProbe", "livenessProbe", "resources", "startupProbe")]')" \
    '[true,true,true,false]'
  is "$pack: one port" "$(deployment '.spec.template.spec.containers[0].ports[0].containerPort') $(jq \
      'select(.kind == "Service") | .spec.ports[0].targetPort' "$scratch/objects")" "8080 8080"

  render "$chart" --set ingress.enabled=true | json >"$scratch/objects"
  is "$pack: an ingress if enabled" \
    "$(jq -r 'select(.kind == "Ingress") | .apiVersion + " " + .spec.rules[0].host' "$scratch/objects")" \
    "networking.k8s.io/v1 web.example.com"
  not_ok "$pack: … not without a domain" render "$chart" --set ingress.enabled=true,basedomain=
  render "$chart" --set 'buildID=not a label' | json >"$scratch/objects"
  is "$pack: a build ID that is not a valid label is an annotation" \
    "$(deployment '.spec.template.metadata | [.labels.buildID, .annotations.buildID]')" '[null,"not a label"]'
  # shellcheck disable=SC1083 # the braces are helm's
  printf 'notes: {{ include "web/templates/NOTES.txt" . | quote }}\n' >"$chart/templates/notes.yaml"
  run render "$chart" --show-only templates/notes.yaml
  like "$pack: the notes have the address" "$(cat "$out")" "*port-forward*8080:80*http://127.0.0.1:8080/*"
  run render "$chart" --show-only templates/notes.yaml --set ingress.enabled=true
  like "$pack: … of an ingress only if there is one" "$(cat "$out")" "*at http://web.example.com/ when*"
done

# The pack for applications with their own Dockerfile: the same chart, without a memory limit.
dir=$packs/generic
for file in tasks.toml README.md charts/Chart.yaml charts/values.yaml; do
  ok "generic has $file" test -e "$dir/$file"
done
for file in Dockerfile .dockerignore example; do not_ok "generic has no $file" test -e "$dir/$file"; done
is "generic: its chart is that of all packs" \
  "$(diff -rq "$packs/python/charts" "$dir/charts" | sed "s,.*$dir/,,; s, .*,," | tr '\n' ' ')" \
  "charts/Chart.yaml charts/values.yaml "
is "generic: … and its values, without the limit" \
  "$(diff "$packs/python/charts/values.yaml" "$dir/charts/values.yaml" | grep '^[<>]')" \
  "> # The memory that the program needs is not known, so there is no limit: set limits.memory when you know it.
<   limits:
<     memory: 256Mi"
rm -rf "$scratch/web"
mkdir "$scratch/web"
printf 'FROM x\nEXPOSE 3000\n' >"$scratch/web/Dockerfile"
run draft-scaffold --pack generic "$scratch/web"
is "generic: an application is scaffolded" "$status $(jq -r '.failure // empty' "$out")" "0 "
if [ "$helm" ]; then
  ok "generic: helm lint" helm lint --strict "$scratch/web/charts/web" --set image.repository=r,image.tag=1
  is "generic: no warning" "$(grep -cE 'WARNING|ERROR' "$out")" 0
  ok "generic: helm template" render "$scratch/web/charts/web"
  if [ "$yaml" ]; then
    json <"$out" >"$scratch/objects"
    is "generic: the port of the Dockerfile; root allowed without a USER; no limit" \
      "$(jq -c 'select(.kind == "Deployment") | .spec.template.spec | [.containers[0].ports[0].containerPort,
        .containers[0].env[0].value, .securityContext.runAsNonRoot,
        .containers[0].securityContext.readOnlyRootFilesystem, .containers[0].resources.limits]' \
        "$scratch/objects")" '[3000,"3000",false,false,null]'
  else skip "generic: the objects" "no PyYAML here"; fi
else skip "generic: helm" "no helm here"; fi

# The name of the chart may differ from that of the release.
if [ "$helm" ]; then
  run helm template other "$packs/python/charts" --set image.repository=r,image.tag=1
  like "a release of another name" "$(cat "$out")" "*name: \"other-python\"*"
fi

# Names of releases, Services and YAML strings: whatever the directory is called, the name of every object is a string
# that begins with a letter, the Service and the Deployment have the same name, and a changed name is reported.
long=$(printf '%070d' 0 | tr 0 x)
names() { # DIRECTORY APPLICATION OBJECTS
  rm -rf names
  mkdir -p "names/$1"
  printf 'print(1)\n' >"names/$1/app.py"
  : >"names/$1/requirements.txt"
  run sh -c 'draft-detect "$1" 2>detected | draft-scaffold' sh "./names/$1"
  is "a directory '$1': the application" "$status $(jq -r .app.name "$out") $(ls "names/$1/charts")" "0 $2 $2"
  said=
  [ "$1" = "$2" ] || said="--> Application $1 will be renamed to $2 for Kubernetes compatibility"
  is "a directory '$1': a changed name is reported" "$(grep renamed detected)" "$said"
  said=
  [ "$2" = "$3" ] ||
    said="--> The Service and the Deployment of '$2' are called '$3': their names must begin with a letter"
  is "a directory '$1': … for the chart too" "$(grep Service "$err")" "$said"
  is "a directory '$1': the chart" "$(draft-pack -q "./names/$1" 2>/dev/null | jq -r .chart.name)" "$2"
  if [ ! "$helm" ] || [ ! "$yaml" ]; then skip "a directory '$1': the objects" "no helm or no PyYAML here"; return; fi
  helm template "$2" "names/$1/charts/$2" --set ingress.enabled=true,basedomain=example.com,ingress.className=nginx \
    --set-string "image.repository=r,image.tag=1e3,buildID=1e3,draft=$2" >rendered 2>"$err"
  json <rendered >objects
  is "a directory '$1': the objects" "$(jq -r '.kind + " " + .metadata.name' objects | sort | tr '\n' ' ')" \
    "Deployment $3 Ingress $3 Service $3 "
  # By their spelling, since parsers differ in what they take for a number.
  is "a directory '$1': every name and label is quoted" \
    "$(grep -E '^ +(- )?(name|app\.kubernetes\.io/[a-z-]+|helm\.sh/chart|draft|buildID|ingressClassName):' rendered |
      grep -vE ': "|: (http|Helm|PORT|tmp)$')" ""
}
names web web web
for name in on y null 1e3 0x1f 2048 3d-viewer 2024-01-01; do
  case $name in [0-9]*) names $name $name app-$name ;; *) names $name $name $name ;; esac
done
names .5 5 app-5
names '~' app app
names 1_000 1-000 app-1-000
names 12:30:45 12-30-45 app-12-30-45
names My_App my-app my-app
names a.b a-b a-b
names Büro b-ro b-ro
names "$long" "$(echo "$long" | cut -c1-53)" "$(echo "$long" | cut -c1-53)"
if [ "$helm" ]; then
  # The longest, and what helm takes for a release's name and is no Service's.
  long=$(printf '%053d' 0)
  is "the longest name of digits" "$(helm template "$long" "$packs/python/charts" --set image.repository=r,image.tag=1 |
      grep -A2 -m1 '^metadata:' | sed -n 's/^  name: //p')" \
    "\"app-$long-pytho\""
  is "a release with dots" "$(helm template 7.a.b "$packs/python/charts" --set image.repository=r,image.tag=1 |
      grep -A2 -m1 '^metadata:' | sed -n 's/^  name: //p')" '"app-7-a-b-python"'
fi
finish
