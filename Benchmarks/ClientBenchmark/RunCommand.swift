import AWSClient
import AdmissionControl
import ArgumentParser
import Bedquota
import Foundation

/// Prints `ready`, starts when a line arrives on stdin, and ends with one line of JSON, as client_peers.py does.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "run", abstract: "The work through our client.")

  enum Limiter: String, ExpressibleByArgument {
    case auto, bucket, strict

    var profile: LimiterConfiguration.Profile {
      switch self {
      case .auto: .auto
      case .bucket: .bucket
      case .strict: .strict
      }
    }
  }

  @Option(name: .customLong("endpoint-url")) var endpointURL: String
  @Option var seconds: Double
  @Option(name: .customLong("measured-from")) var measuredFrom: Double
  @Option var limiter = Limiter.auto

  func run() async throws {
    let summary = try await Work.withSession(endpointURL) { [self] session in
      var options = QuotaAwareClient.Options()
      options.profile = limiter.profile
      let client = try await QuotaAwareClient(Work.model, session: session, options: options)
      print("ready")
      fflush(nil)
      guard readLine() != nil else { throw ExitCode.failure }
      let course = Course(seconds: seconds, measuredFrom: measuredFrom)
      try await Self.play(course, client)
      return course.summary
    }
    print(String(decoding: try JSONEncoder().encode(summary), as: UTF8.self))
  }

  /// Runs until the measured requests have ended, then cancels the rest.
  private static func play(_ course: Course, _ client: QuotaAwareClient) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for worker in 0..<Work.workers {
        group.addTask { try await work(worker, course, client) }
      }
      while course.goesOn { try await Task.sleep(for: .milliseconds(100)) }
      group.cancelAll()
      try? await group.waitForAll()
    }
  }

  private static func work(_ worker: Int, _ course: Course, _ client: QuotaAwareClient) async throws {
    var number = 0
    while course.goesOn, !Task.isCancelled {
      defer { number += 1 }
      course.begin(worker: worker)
      do {
        _ = try await client.send(Work.request(worker: worker, number: number))
        course.end(worker: worker)
      } catch is CancellationError {
        return
      } catch {
        course.end(worker: worker, error: name(of: error))
        try await Task.sleep(for: Work.pauseAfterFailure)
      }
    }
  }

  private static func name(of error: any Error) -> String {
    (error as? AWSClientError)?.service?.code ?? String(describing: type(of: error))
  }
}
