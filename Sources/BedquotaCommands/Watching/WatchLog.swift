import Bedquota
import Reports

/// Says once what reading costs, and whenever a place can no longer be read or can be again.
struct WatchLog {
  private static let notesMax = 100

  private let watch: UsageWatch
  private let console: Console

  init(_ watch: UsageWatch, _ console: Console) { (self.watch, self.console) = (watch, console) }

  func run() async {
    var problems: [Place: String] = [:]
    var notes: Set<String> = []
    var isPriced = false
    for await _ in watch.updates() {
      let state = watch.current
      for place in state.places {
        let before = problems[place.place]
        problems[place.place] = place.problem
        let words = place.place.words.isEmpty ? "" : "\(place.place.words): "
        if let problem = place.problem, before == nil { Console.printError("bedquota: \(words)\(problem)") }
        // Once each; they may come again with each reading.
        for note in place.notes where notes.count < Self.notesMax && notes.insert("\(words)\(note)").inserted {
          console.note("bedquota: \(words)CloudWatch: \(note)")
        }
        for note in place.unlisted where notes.count < Self.notesMax && notes.insert("\(words)\(note)").inserted {
          console.note("bedquota: \(words)\(note)")
        }
        if place.problem == nil, before != nil, place.readAt != nil { console.note("bedquota: \(words)can be read again") }
      }
      if !isPriced, let price = WatchPrice(state: state, interval: watch.settings.interval).sentence {
        isPriced = true
        console.note(price)
      }
    }
  }
}

extension UsageWatch.PlaceState {
  /// Says of each id without traffic that the account doesn't list it: it may be misspelled.
  var unlisted: [String] { reports.filter(\.parts.isEmpty).compactMap(\.resolution.listingNote) }
}
