import Command
import Remote

@main struct Entry {
  static func main() {
    Command(
      name: "draft-serve", summary: "build, push and release on behalf of draft remote",
      reads: "the requests of draft-remote", writes: "log lines and results, for draft-remote",
      examples: [
        "draft pack ~/src/web | draft remote --to ssh://build.example.com",
        "kubectl exec -i -n draft deployment/draftd -- draft serve"
      ]
    ).run { call in
      guard call.arguments.operands.isEmpty else {
        throw UsageError("takes no operands", hint: "try 'draft-serve --help'")
      }
      return try serve(call: call)
    }
  }
}
