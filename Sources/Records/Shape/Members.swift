/// All members, in the order of draft-records(5).
public enum Members {
  public static let all: [any Member.Type] = [
    App.self, Language.self, PackChoice.self, Scaffold.self, Change.self, Context.self, Chart.self, Package.self,
    Publish.self, Fetch.self, Match.self, Repository.self, Credential.self, Sync.self, Image.self, Push.self,
    Values.self, Needs.self, Triggers.self, Resources.self, Release.self, ChartOrigin.self, ChartUse.self,
    Tasks.self, Connect.self, Status.self,
    History.self, Deletion.self, Target.self, Doctor.self, Param.self, Finding.self, ChartTest.self,
    RenderedObject.self, Failure.self
  ]
}
