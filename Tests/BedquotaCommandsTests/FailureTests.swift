import AWSWire
import ArgumentParser
import Testing

@testable import BedquotaCommands

struct FailureTests {
  private func list(_ arguments: String...) throws -> ListCommand {
    try #require(try BedquotaCommand.parseAsRoot(["list"] + arguments) as? ListCommand)
  }

  @Test(arguments: [
    ("Raise the timeout.", ["timeout"], "Raise the timeout (--timeout)."),
    ("Check it.", ["region", "endpointURL"], "Check it (--region, --endpoint-url)."),
    ("no full stop", ["region"], "no full stop (--region)"),
    ("Nothing to set.", [], "Nothing to set."),
    ("Not an option of list.", ["resume"], "Not an option of list."),
    ("One of two.", ["resume", "measure"], "One of two (--measure)."),
  ])
  func parametersAreNamedAsOptionsOfTheCommand(message: String, parameters: [String], text: String) throws {
    let failure = try #require(Failure(AWSClientError(.transport, message, parameters: parameters)))
    #expect(failure.text(for: try list()) == text)
  }

  @Test func theCommandThatMendsItStandsAtTheEnd() throws {
    let error = AWSClientError(.service, "No such model.", parameters: ["region"], remedy: .listModels)
    #expect(
      try Failure(error)?.text(for: list()) == "No such model (--region). `bedquota models` lists the ids of the account.")
  }

  @Test func otherErrorsAreLeftToTheParser() {
    let errors: [any Error] = [ExitCode(2), ValidationError("x"), CancellationError()]
    #expect(errors.allSatisfy { Failure($0) == nil })
  }

  @Test func optionsOfGroupsAreFound() throws {
    let names = OptionSpelling.parameters(of: try list("--region", "us-east-1"))
    #expect(names.isSuperset(of: ["region", "endpointURL", "timeout", "search"]) && !names.contains("global"))
  }
}
