import ArgumentParser

struct FleetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fleet",
    abstract: "Look at the quotas that processes share through a store, and change what the store knows.",
    discussion: """
      `run`, `invoke` and `gateway` share the quotas with --fleet. Each model's quotas in an account and Region are a scope of their own. \
      status and check read the store and change nothing; docs/fleet.md says how a fleet works and what happens when something fails.

      EXAMPLE: bedquota fleet status us.amazon.nova-pro-v1:0 --fleet redis://cache.internal:6379
      """,
    subcommands: [
      FleetStatusCommand.self, FleetCheckCommand.self, FleetLimitCommand.self, FleetResetCommand.self, FleetForgetCommand.self,
      FleetACLCommand.self, FleetFunctionCommand.self,
    ])
}
