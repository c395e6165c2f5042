import AWSWire
import Bedquota
import BedrockQuotas
import Testing

struct AlarmPlanTests {
  private let topic = "arn:aws:sns:us-east-1:123456789012:alarms"

  /// The alarms that applying a plan makes.
  private func applied(_ result: AlarmDesign.Result) -> [MetricAlarm] { AlarmBench.plan(result).kept.map(\.definition) }

  @Test func whatIsMissingIsNew() {
    let plan = AlarmBench.plan(AlarmBench.design())
    #expect(plan.items.map(\.change) == [.new, .new, .new] && plan.changes.count == 3)
  }

  @Test func whatIsAppliedIsUnchanged() {
    let plan = AlarmBench.plan(AlarmBench.design(), current: applied(AlarmBench.design()))
    #expect(plan.changes.isEmpty && plan.count(.unchanged) == 3)
  }

  /// AWS may answer in another order, and with what it fills in.
  @Test func orderAndDefaultsAreNoDifference() {
    let current = applied(AlarmBench.design()).map { alarm in
      var alarm = alarm
      alarm.queries?.reverse()
      alarm.state = "OK"
      alarm.okActions = []
      alarm.alarmActions = []
      alarm.actionsEnabled = true
      for index in (alarm.queries ?? []).indices where alarm.queries?[index].returnsData == true {
        alarm.queries?[index].returnsData = nil
        alarm.queries?[index].label = nil
      }
      return alarm
    }
    #expect(AlarmBench.plan(AlarmBench.design(), current: current).changes.isEmpty)
  }

  @Test func aRaisedQuotaMovesTheThreshold() throws {
    let raised = UsageBench.quota("L-T", "Cross-region model inference tokens per minute", 20_000)
    let plan = AlarmBench.plan(
      AlarmBench.design(AlarmBench.pool([UsageBench.requests, raised])), current: applied(AlarmBench.design()))
    let item = try #require(plan.changes.first)
    #expect(plan.changes.count == 1 && item.change == .changed && item.quotaCode == "L-T")
    #expect(item.differences.map(\.field) == ["Threshold", "AlarmDescription"])
    #expect(item.differences[0].old == "8,000" && item.differences[0].new == "16,000")
  }

  @Test func aChangedBurndownChangesTheMetrics() {
    let plan = AlarmBench.plan(
      AlarmBench.design(AlarmBench.pool(burndown: 10)), current: applied(AlarmBench.design()))
    #expect(plan.changes.flatMap(\.differences).map(\.field) == ["Metrics.reply", "AlarmDescription"])
  }

  @Test func withoutTopicsTheActionsStay() {
    var settings = AlarmSettings(topics: [topic], notifiesRecovery: true)
    let current = applied(AlarmBench.design(settings))
    #expect(current.allSatisfy { $0.alarmActions == [topic] && $0.okActions == [topic] })
    let plan = AlarmBench.plan(AlarmBench.design(), current: current)
    #expect(plan.changes.isEmpty && plan.items.allSatisfy(\.isNotifying))
    settings.notifiesRecovery = false
    #expect(
      Set(AlarmBench.plan(AlarmBench.design(settings), current: current).changes.flatMap(\.differences).map(\.field))
        == ["OKActions"])
  }

  @Test func whatIsNoLongerWantedIsRemovedAndOtherModelsStay() {
    var other = MetricAlarm(name: "bedquota/amazon.nova-pro-v1:0/cross-region/tpm")
    other.description = "x Made by Bedquota."
    var deeper = other
    deeper.name = "\(AlarmBench.prefix)more/tpm"
    let current = applied(AlarmBench.design()) + [other, deeper]
    let plan = AlarmBench.plan(AlarmBench.design(AlarmBench.pool([UsageBench.tokens])), current: current)
    #expect(plan.changes.map(\.name) == ["\(AlarmBench.prefix)rpm"] && plan.changes.map(\.change) == [.removed])
    #expect(plan.otherCount == 2)
  }

  @Test func somebodyElsesAlarmIsNeverTouched() {
    var theirs = MetricAlarm(name: "\(AlarmBench.prefix)tpm")
    theirs.description = "Mine"
    let plan = AlarmBench.plan(AlarmBench.design(), current: [theirs])
    #expect(!plan.items.contains { $0.name == theirs.name })
    #expect(plan.leftOut.map(\.id) == [theirs.name])
    #expect(AlarmPlan(region: "us-east-1", removing: nil, current: [theirs]).items.isEmpty)
  }

  @Test func removalOfAllAndOfSome() {
    var other = MetricAlarm(name: "bedquota/amazon.nova-pro-v1:0/cross-region/tpm")
    other.description = "x Made by Bedquota."
    let current = applied(AlarmBench.design()) + [other]
    let all = AlarmPlan(region: "us-east-1", removing: nil, current: current)
    #expect(all.count(.removed) == 4 && all.otherCount == 0 && all.kept.isEmpty)
    let some = AlarmPlan(region: "us-east-1", removing: [AlarmBench.prefix], current: current)
    #expect(some.count(.removed) == 3 && some.otherCount == 1)
    #expect(AlarmPlan(region: "us-east-1", removing: [], current: current).items.isEmpty)
  }
}
