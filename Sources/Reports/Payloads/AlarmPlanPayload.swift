import Bedquota

/// A plan of `alarms` as JSON; see docs/json.md.
struct AlarmPlanPayload: Encodable {
  struct Alarm: Encodable {
    struct Difference: Encodable {
      var field: String
      var new: String?
      var old: String?
    }

    var change: String
    var code: String?
    var differences: [Difference]?
    var measure: String?
    var metrics: Int
    var name: String
    var notifies: [String]
    var quota: Double?
    var threshold: Double?
  }

  struct LeftOut: Encodable {
    var code: String?
    var id: String
    var measure: String?
    var reason: String
  }

  var alarms: [Alarm]
  var leftOut: [LeftOut]
  var others: Int
  var region: String

  init(_ plan: AlarmPlan) {
    region = plan.region
    others = plan.otherCount
    alarms = plan.items.map { item in
      Alarm(
        change: item.change.rawValue, code: item.quotaCode,
        differences: item.differences.isEmpty
          ? nil : item.differences.map { Alarm.Difference(field: $0.field, new: $0.new, old: $0.old) },
        measure: item.subject?.name, metrics: item.metricCount, name: item.name, notifies: item.definition.alarmActions ?? [],
        quota: item.quota, threshold: item.threshold)
    }
    leftOut = plan.leftOut.map { LeftOut(code: $0.code, id: $0.id, measure: $0.measure?.rawValue, reason: $0.reason) }
  }
}
