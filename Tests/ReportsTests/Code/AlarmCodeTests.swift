import AWSWire
import Reports
import Testing

@testable import Bedquota

struct AlarmCodeTests {
  private func plan(_ names: [String], description: String = "x") -> AlarmPlan {
    AlarmPlan(
      region: "us-east-1",
      items: names.map { name in
        var alarm = MetricAlarm(name: name)
        alarm.description = description
        alarm.threshold = 1.5
        return AlarmPlan.Item(name: name, change: .new, threshold: 1.5, definition: alarm)
      })
  }

  @Test func namesBecomeIdentifiersThatDiffer() throws {
    let names = ["bedquota/a.b-1:0/rpm", "bedquota/a.b-1.0/rpm"]
    let terraform = try AlarmCode.terraform.text(of: plan(names))
    #expect(terraform.contains("\"bedquota_a_b_1_0_rpm\" {") && terraform.contains("\"bedquota_a_b_1_0_rpm_2\" {"))
    let template = try AlarmCode.cloudformation.text(of: plan(names))
    #expect(template.contains("\"BedquotaAB10Rpm\"") && template.contains("\"BedquotaAB10Rpm2\""))
  }

  @Test func textCanNotBreakOutOfAString() throws {
    let text = try AlarmCode.terraform.text(of: plan(["n"], description: "a \"b\" \\ ${c} %{d} \n e"))
    #expect(text.contains(#"alarm_description = "a \"b\" \\ $${c} %%{d}   e""#))
    #expect(text.contains("threshold = 1.5"))
  }

  @Test func removedAlarmsAreNoCode() throws {
    var plan = plan(["kept", "gone"])
    plan.items[1].change = .removed
    #expect(try !AlarmCode.terraform.text(of: plan).contains("gone"))
  }
}
