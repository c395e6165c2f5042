import Testing

@testable import BedquotaCommands

struct OptionSpellingTests {
  @Test(arguments: [
    ("region", "--region"), ("timeout", "--timeout"), ("endpointURL", "--endpoint-url"), ("outputFile", "--output-file"),
    ("maxTokens", "--max-tokens"), ("outputBurndown", "--burndown"),
  ])
  func parametersBecomeOptions(parameter: String, option: String) { #expect(OptionSpelling.option(parameter) == option) }
}
