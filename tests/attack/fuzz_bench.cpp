// Many requests made from the served document, against a server of its own. Ends with 1 where an
// answer was not as it must be, and tells how to repeat it.
#include "tests/attack/fuzz.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <CLI/CLI.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <print>

int main(int argc, char** argv) {
    CLI::App app{"Requests made from the API's description, for every kind of who may ask"};
    std::size_t requests = 20'000;
    std::uint64_t seed = 1;
    app.add_option("--requests", requests, "how many")->check(CLI::Range(1, 10'000'000));
    app.add_option("--seed", seed, "the same seed makes the same requests");
    CLI11_PARSE(app, argc, argv);
    try {
        const haven::test::TempDirectory directory;
        const haven::test::TestServer server({}, haven::test::fuzz_config(directory));
        const haven::test::FuzzReport report = haven::test::fuzz(server, seed, requests);
        std::print("{}", haven::test::summary(report));
        return report.faults_in_all == 0 ? 0 : 1;
    } catch (const std::exception& failure) {
        std::println(stderr, "bench-fuzz: {}", failure.what());
        return 2;
    }
}
