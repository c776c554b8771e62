import Charts
import Command
import Glibc
import Helm
import Podman
import Records

/// A values file that a chart is tested with; nil is the chart's defaults alone.
package struct ChartCase: Sendable {
  /// As in the chart: `ci/small-values.yaml`.
  package var name: String?
  /// Where it is; absolute.
  var path: String?
}

/// A chart and its cases: every `ci/*.yaml`, as chart-testing has them, or the defaults where there is none. Of an
/// archive they are written to files that last as long as the process.
/// - Parameter path: a directory or a `.tgz`.
/// - Throws: ``ChartError`` for what is not a chart.
package func chartCases(_ path: String) throws -> [ChartCase] {
  let chart = try LoadedChart(path: path)
  let isCase = { (name: String) in (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && !name.hasPrefix(".") }
  var cases: [ChartCase] = []
  if Files.isDirectory(path) {
    // .helmignore may keep them out of the archive.
    let directory = try Files.resolve(path) + "/ci"
    for name in Files.isDirectory(directory) ? try Files.list(directory) : [] where isCase(name) {
      cases.append(ChartCase(name: "ci/" + name, path: directory + "/" + name))
    }
  } else {
    let files = chart.files.filter { file in
      let parts = file.name.split(separator: "/")
      return parts.count == 2 && parts[0] == "ci" && isCase(String(parts[1]))
    }
    let scratch = files.isEmpty ? "" : try Temporary.directory()
    for (index, file) in files.enumerated() {
      try Files.write(file.bytes, to: "\(scratch)/\(index).yaml", durable: false)
      cases.append(ChartCase(name: file.name, path: "\(scratch)/\(index).yaml"))
    }
    cases.sort { ($0.name ?? "").utf8.lexicographicallyPrecedes(($1.name ?? "").utf8) }
  }
  return cases.isEmpty ? [ChartCase()] : cases
}

/// Renders a chart with one of its cases.
/// - Parameters:
///   - named: what the user calls the chart.
///   - kubeVersion: what the chart is told of the cluster; nil is helm's own.
/// - Throws: ``RenderError/unknowable(why:)`` for a chart that needs a helm that is not there.
package func testChart(_ path: String, named: String, _ test: ChartCase, kubeVersion: String?, call: Call) throws
  -> ChartTest
{
  var request = RenderRequest()
  request.name = "test"
  if let values = test.path { request.values.files = [values] }
  request.kubeVersion = kubeVersion
  var done = ChartTest(chart: named, values: test.name, passed: true, objects: nil, message: nil)
  do {
    let text = try renderText(path, request, call: call).text
    done.objects = try Rendering(yaml: text, chart: path, call: nil).manifests.count
  } catch RenderError.chart(let said) {
    (done.passed, done.message) = (false, HelmFailure("Error: " + said).said)
  } catch  where !(error is UsageError) {
    if case RenderError.unknowable = error { throw error }
    (done.passed, done.message) = (false, diagnosis(of: error).message)
  }
  return done
}

package typealias TimedTest = (test: ChartTest, seconds: Double)

/// The tests as JUnit has them, for CI: a suite for each chart or release, a case for each values file or pod.
/// https://github.com/testmoapp/junitxml
package func junit(_ tests: [TimedTest]) -> String {
  func escaped(_ text: String, lines: Bool = false) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.flatMap { scalar -> [Unicode.Scalar] in
          switch scalar {
          case "&": Array("&amp;".unicodeScalars)
          case "<": Array("&lt;".unicodeScalars)
          case ">": Array("&gt;".unicodeScalars)
          case "\"": Array("&quot;".unicodeScalars)
          case "\n", "\t": lines ? [scalar] : [" "]
          // XML has no way to write them.
          case _
          where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || scalar.value == 0xFFFE
            || scalar.value == 0xFFFF:
            ["?"]
          default: [scalar]
          }
        }))
  }
  func number(_ seconds: Double) -> String { formatted(seconds, digits: 3) }
  var text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", rest = tests[...]
  while let first = rest.first {
    let suite = rest.prefix { $0.test.chart == first.test.chart && $0.test.release == first.test.release }
    rest = rest.dropFirst(suite.count)
    let failures = suite.count { !$0.test.passed }, name = escaped(first.test.release ?? first.test.chart)
    text +=
      "  <testsuite name=\"\(name)\" tests=\"\(suite.count)\" failures=\"\(failures)\" "
      + "time=\"\(number(suite.reduce(0) { $0 + $1.seconds }))\">\n"
    for (test, seconds) in suite {
      text +=
        "    <testcase classname=\"\(name)\" name=\"\(escaped(test.pod ?? test.values ?? "defaults"))\" "
        + "time=\"\(number(seconds))\""
      let inner =
        (test.passed ? "" : "      <failure message=\"\(escaped(test.message ?? ""))\"/>\n")
        + (test.log.map { "      <system-out>\(escaped($0, lines: true))</system-out>\n" } ?? "")
      text += inner.isEmpty ? "/>\n" : ">\n\(inner)    </testcase>\n"
    }
    text += "  </testsuite>\n"
  }
  return text + "</testsuites>\n"
}
