// The served document and the server say the same, whoever asks for whatever: the short form. The
// long one is `./haven bench fuzz --requests 20000 --seed N`.
#include "server/http/openapi_text.hpp"
#include "server/http/routing_table.hpp"
#include "tests/attack/api_document.hpp"
#include "tests/attack/fuzz.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace haven::test {
namespace {

TEST(Fuzz, WhateverIsAskedIsAnsweredAsTheDocumentSays) {
    const TempDirectory directory;
    const TestServer server({}, fuzz_config(directory));
    const FuzzReport report = fuzz(server, 1, 3000);
    EXPECT_EQ(report.faults_in_all, 0U) << summary(report);
    // It has come in: what it says is not about refusals alone.
    const std::size_t operations = ApiDocument(http::openapi_json()).operations().size();
    EXPECT_GT(report.succeeded.size(), operations / 2) << summary(report);
}

TEST(Fuzz, EveryRouteOfTheVersionedApiIsInTheDocument) {
    const ApiDocument document(http::openapi_json());
    for (const http::Route& route : http::api_routes()) {
        const bool described =
            std::ranges::any_of(document.operations(), [&route](const ApiOperation& operation) {
                return operation.path == route.path &&
                       operation.method == http::to_string(route.method);
            });
        EXPECT_EQ(described, route.path != "/livez" && route.path != "/readyz") << route.path;
    }
}

} // namespace
} // namespace haven::test
