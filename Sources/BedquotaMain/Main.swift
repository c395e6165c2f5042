import BedquotaCommands

@main
struct Main {
  static func main() async { await BedquotaCommand.start() }
}
