import Archives
import Records
import YAML

/// What a Chart.yaml says (v1 and v2), read as helm reads it: names of fields match in any case, a number in the place
/// of a text is the text that Go prints for it, an unknown field is ignored.
/// https://helm.sh/docs/topics/charts/#the-chartyaml-file
package struct ChartMetadata: Sendable, Equatable {
  package struct Maintainer: Sendable, Equatable {
    package var name = "", email = "", url = ""
  }

  package var name = ""
  package var home = ""
  package var sources: [String] = []
  package var version = ""
  package var description = ""
  package var keywords: [String] = []
  package var maintainers: [Maintainer] = []
  package var icon = ""
  /// `v1` or `v2`; a file without one is `v1`.
  package var apiVersion = ""
  package var condition = ""
  package var tags = ""
  package var appVersion = ""
  package var deprecated = false
  package var annotations: [String: String] = [:]
  package var kubeVersion = ""
  package var dependencies: [ChartDependency] = []
  /// `application`, `library`, or empty.
  package var type = ""

  package var isLibrary: Bool { type == "library" }
}

/// An entry of `dependencies`, in Chart.yaml or requirements.yaml.
package struct ChartDependency: Sendable, Equatable {
  package var name = ""
  /// A version or a constraint.
  package var version = ""
  /// A URL, `oci://…`, `file://…`, `@REPO` or `alias:REPO`; empty for a chart that is in charts/ by itself.
  package var repository = ""
  package var condition = ""
  package var tags: [String] = []
  package var enabled = false
  /// Texts, and objects with `child` and `parent`.
  package var importValues: [JSON] = []
  package var alias = ""
  /// Where it is declared; 0 if it is not from a file.
  package var line = 0

  package init() {}

  /// What the chart is called in the values of its parent.
  package var key: String { alias.isEmpty ? name : alias }

  package static func == (a: Self, b: Self) -> Bool { a.json.text == b.json.text }
}

/// Chart.lock or requirements.lock.
package struct ChartLock: Sendable, Equatable {
  /// RFC 3339, as it is written.
  package var generated = ""
  package var digest = ""
  package var dependencies: [ChartDependency] = []
  /// `Chart.lock` or `requirements.lock`.
  package var file = ""
}
