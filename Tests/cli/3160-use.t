#!/bin/sh
# draft use: the kube context of an environment becomes the current one, with its namespace; --init has the tools of
# the providers write the contexts.
. "$(dirname "$0")/lib.sh"
mkdir bin
cat >environments.yaml <<'EOT'
environments:
  - {name: gke, provider: {gke: {project: p, clusterName: c, zone: z-a}}, kubeNamespace: one, releases: []}
  - {name: region, provider: {gke: {project: p, clusterName: c, region: z}}, kubeNamespace: one, releases: []}
  - {name: aks, provider: {aks: {resourceGroup: g, clusterName: c}}, kubeNamespace: one, releases: []}
  - {name: mini, provider: {minikube: {}}, kubeNamespace: one, releases: []}
  - {name: kind, provider: {kind: {clusterName: c}}, kubeNamespace: one, releases: []}
  - {name: k3d, provider: {k3d: {clusterName: c}}, kubeNamespace: one, releases: []}
  - {name: desktop, provider: {dockerForDesktop: {}}, kubeNamespace: one, releases: []}
  - {name: lab, provider: {gitlab: {agent: 'group/config:agent'}}, kubeNamespace: one, releases: []}
  - {name: prod, provider: {existingContext: {contextName: main}}, kubeNamespace: two, releases: []}
  - {name: mai, provider: {existingContext: {contextName: mai}}, kubeNamespace: two, releases: []}
EOT
cat >kubeconfig <<'EOT'
apiVersion: v1
kind: Config
current-context: other
contexts:
  - {name: other, context: {cluster: l, user: u}}
  - {name: main, context: {cluster: l, user: u, namespace: one}}
  - {name: 'group/config:agent', context: {cluster: l, user: u}}
clusters: [{name: l, cluster: {server: 'https://203.0.113.9'}}]
users: [{name: u, user: {}}]
EOT
KUBECONFIG=$scratch/kubeconfig
export KUBECONFIG
for tool in gcloud az minikube kind k3d; do
  printf '#!/bin/sh\necho "%s $*" >>"%s/log"\n' $tool "$scratch" >bin/$tool
  chmod +x bin/$tool
done
if command -v kubectl >/dev/null; then
  exits 0 'an environment' draft use prod
  is 'says where' "$(cat "$err")" "--> Switched to kube context 'main', https://203.0.113.9, namespace 'two'"
  is 'is the current context' "$(kubectl config current-context)" main
  is 'with its namespace' "$(kubectl config view --minify -o 'jsonpath={..namespace}')" two
  exits 0 "GitLab's agent" draft use -q lab
  is 'has a context with any characters' "$(kubectl config current-context)" group/config:agent
  exits 0 'the file may be named' draft use -q -f environments.yaml prod
else
  skip 'an environment' 'there is no kubectl'
fi
cp kubeconfig before
exits 66 'a context that is not there' draft use mai
like 'is not another one whose name contains it' "$(cat "$err")" \
  "draft-use: cannot use environment 'mai': there is no kube context 'mai'*"
exits 66 'a context that a tool writes' draft use gke
like 'says which' "$(cat "$err")" "*there is no kube context 'gke_p_z-a_c'*'draft use --init gke' has gcloud write it*"
ok 'the kubeconfig is the same' cmp before kubeconfig
exits 66 'no such environment' draft use pord
like 'has a nearest' "$(cat "$err")" "*did you mean 'prod'?*"
exits 64 'two' draft use prod mai
exits 64 'none of several' draft use
exits 64 'all, but not --init' draft use --all
exits 64 'all, and one' draft use --init --all prod

PATH=$scratch/bin:$PATH
exits 1 'all contexts' draft use --init --all
is 'are written by the tools of the providers' "$(cat log)" \
  'gcloud container clusters get-credentials c --project=p --zone=z-a
gcloud container clusters get-credentials c --project=p --region=z
az aks get-credentials --resource-group=g --name=c
minikube update-context
kind export kubeconfig --name=c
k3d kubeconfig merge c --kubeconfig-merge-default'
is 'what no tool writes is to be there' "$(grep -c 'cannot use environment' "$err")" 2
like 'or is' "$(cat "$err")" "*Environment 'lab': its kube context is there*"
printf '#!/bin/sh\necho first >&2\necho "ERROR: no login" >&2\nexit 1\n' >bin/gcloud
exits 69 'a tool that fails' draft use --init gke
is 'is told' "$(head -n 1 "$err")" \
  "draft-use: cannot get the kube context of environment 'gke': gcloud: ERROR: no login"
rm bin/gcloud
exits 69 'a tool that is not there' env PATH="$DRAFT_BIN:/usr/bin:/bin" draft use --init gke
sed -i 's/clusterName: c, zone/clusterName: --quiet, zone/' environments.yaml
exits 65 'an option is no name' draft use --init gke
finish
