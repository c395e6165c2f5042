import Testing

@testable import BedquotaCommands

struct MonitoringPluginTests {
  @Test func onlyCheckIsAPlugin() {
    #expect(MonitoringPlugin.isRunning(["bedquota", "check", "--warn", "x"]))
    #expect(!MonitoringPlugin.isRunning(["bedquota", "usage", "check"]) && !MonitoringPlugin.isRunning(["bedquota"]))
  }

  @Test(
    arguments: [
      ([], true), (["--output", "table"], true), (["--output", "json"], false), (["--output=csv"], false),
      (["--warn", "json"], true), (["--output", "nonsense"], true), (["--output"], true),
    ] as [([String], Bool)])
  func otherFormatsHaveNoPlaceForALine(arguments: [String], isText: Bool) {
    #expect(MonitoringPlugin.printsLines(["bedquota", "check"] + arguments) == isText)
  }

  @Test(arguments: ["5", "1,10", "0.5,0.5", "150"]) func throttleThresholds(text: String) throws {
    let thresholds = try #require(ThrottleThresholds(argument: text))
    #expect(thresholds.warning <= thresholds.critical)
  }

  @Test(arguments: ["", ",", "0", "-1", "nan", "inf", "10,1", "1,2,3", "1,", "x", "1e308"])
  func wrongThresholds(text: String) { #expect(ThrottleThresholds(argument: text) == nil) }
}
