// HTTP/1.1 as others test a server: the cases of the public suite h1spec, in our own words, each
// with what RFC 9112 (or RFC 9110, where it says so) asks for.
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <format>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view get = "GET /livez HTTP/1.1\r\n";
constexpr std::string_view host = "Host: example.com\r\n";

struct Case {
    std::string name;
    std::string bytes;
    std::string section; ///< and what it says
};

std::ostream& operator<<(std::ostream& out, const Case& one) {
    return out << one.section;
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
    return info.param.name;
}

/// Each answer has a name of its own.
std::size_t answers_in(std::string_view bytes) {
    constexpr std::string_view name = "\r\nX-Request-Id: ";
    std::size_t answers = 0;
    for (std::size_t at = bytes.find(name); at != std::string_view::npos;
         at = bytes.find(name, at + 1)) {
        ++answers;
    }
    return answers;
}

class Conformance : public testing::TestWithParam<Case> {
  protected:
    static void SetUpTestSuite() { server = std::make_unique<TestServer>(); }
    static void TearDownTestSuite() { server.reset(); }

    static inline std::unique_ptr<TestServer> server; // one for all: a case is a connection
};

// ---- a request that has not come to its end ----

using Unfinished = Conformance;

TEST_P(Unfinished, IsWaitedForAndAnsweredOnceItIsWhole) {
    std::string whole = "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n";
    if (GetParam().bytes.starts_with('\r')) {
        whole = "\r\n\r\n" + whole;
    }
    const std::string& begun = GetParam().bytes;
    ASSERT_THAT(whole, StartsWith(begun));
    const RawConnection connection(server->port());
    connection.send(begun);
    const RawConnection other(server->port()); // what came before this one has been read by then
    other.send(whole);
    EXPECT_THAT(other.read_answer(), StartsWith("HTTP/1.1 200 OK\r\n"));
    EXPECT_EQ(connection.read_within(std::chrono::milliseconds(0)), "");
    connection.send(whole.substr(begun.size()));
    EXPECT_THAT(connection.read_answer(), StartsWith("HTTP/1.1 200 OK\r\n")) << GetParam();
}

std::vector<Case> unfinished() {
    const std::string line = "2.1: a message begins with its start line, which ends with CRLF";
    const std::string fields = "2.1, 5: field lines follow, each up to its CRLF";
    const std::string end = "2.1: an empty line ends the header section";
    const std::string empty = "2.2: an empty line before a request is passed over";
    return {
        {"within_an_empty_line_before_it", "\r", empty},
        {"after_an_empty_line_before_it", "\r\n", empty},
        {"within_the_second_empty_line", "\r\n\r", empty},
        {"within_the_method", "G", line},
        {"after_the_method", "GET ", line},
        {"within_the_target", "GET /live", line},
        {"after_the_target", "GET /livez ", line},
        {"within_the_version", "GET /livez HTTP", line},
        {"after_the_version", "GET /livez HTTP/1.1", line},
        {"between_the_lines_cr_and_lf", "GET /livez HTTP/1.1\r", line},
        {"after_the_request_line", "GET /livez HTTP/1.1\r\n", fields},
        {"within_a_fields_name", "GET /livez HTTP/1.1\r\nHos", fields},
        {"after_the_colon", "GET /livez HTTP/1.1\r\nHost:", fields},
        {"before_the_value", "GET /livez HTTP/1.1\r\nHost: ", fields},
        {"after_the_value", "GET /livez HTTP/1.1\r\nHost: localhost", fields},
        {"between_the_fields_cr_and_lf", "GET /livez HTTP/1.1\r\nHost: localhost\r", fields},
        {"after_the_fields", "GET /livez HTTP/1.1\r\nHost: localhost\r\n", end},
        {"between_the_last_cr_and_lf", "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r", end},
    };
}

INSTANTIATE_TEST_SUITE_P(Conformance, Unfinished, testing::ValuesIn(unfinished()), name_of);

// ---- a request that is well formed ----

using WellFormed = Conformance;

TEST_P(WellFormed, IsAnsweredAndTheConnectionGoesOn) {
    const RawConnection connection(server->port());
    for (int i = 0; i < 2; ++i) { // 9.3: connections persist
        connection.send(GetParam().bytes);
        EXPECT_THAT(connection.read_answer(), StartsWith("HTTP/1.1 200 OK\r\n")) << GetParam();
    }
}

std::vector<Case> well_formed() {
    return {
        {"get", std::format("{}{}\r\n", get, host), "3, 3.2: a request line and its Host"},
        {"name_in_any_case_tab_before_the_value",
         std::format("{}hoSt:\texample.com\r\nempty:\r\n\r\n", get),
         "5, 5.1: names in any case; blanks and tabs around a value are no part of it"},
        {"value_that_is_empty", std::format("{}{}X-Empty: \r\n\r\n", get, host),
         "5: a value may be empty"},
        {"expectation_without_a_body", std::format("{}{}Expect: 100-continue\r\n\r\n", get, host),
         "RFC 9110 10.1.1: where no body follows, the answer itself may come at once"},
    };
}

INSTANTIATE_TEST_SUITE_P(Conformance, WellFormed, testing::ValuesIn(well_formed()), name_of);

// ---- a request that could be read in two ways, or in none ----

using Malformed = Conformance;

TEST_P(Malformed, IsRefusedOnceAndTheConnectionEnds) {
    const RawConnection connection(server->port());
    connection.send(GetParam().bytes);
    const std::string answer = connection.read_to_end();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 Bad Request\r\n")) << GetParam();
    EXPECT_THAT(answer, HasSubstr("Connection: close\r\n"));
    EXPECT_EQ(answers_in(answer), 1U) << "what follows is no request: " << answer;
}

std::vector<Case> malformed() {
    const auto with = [](std::string_view field) {
        return std::format("{}{}{}\r\n\r\n", get, host, field);
    };
    const std::string length = "6.3: a length that is no number ends the connection";
    return {
        {"without_a_version", "GET /livez \r\n\r\n", "3: three parts, of which the version is one"},
        {"version_that_nobody_speaks", std::format("GET /livez HTTP/9.9\r\n{}\r\n", host),
         "2.3; RFC 9110 15.6.6: another major version may be refused"},
        {"words_before_the_method", std::format("Extra line{}{}\r\n", get, host),
         "3: a method, a target and a version, with one blank between them"},
        {"no_host", std::format("{}Content-Length: 5\r\n\r\n", get), "3.2: without Host, 400"},
        {"two_hosts", std::format("{}{}Host: example.org\r\n\r\n", get, host),
         "3.2: with more than one Host, 400"},
        {"chunks_that_are_none",
         std::format("POST /v1/users HTTP/1.1\r\n{}Content-Type: application/json\r\n"
                     "Transfer-Encoding: chunked\r\n\r\n-2\r\n{{}}\r\n0\r\n\r\n",
                     host),
         "7.1: a chunk's size is hexadecimal digits"},
        {"name_that_is_no_token", with("X-Invalid[]: test"),
         "5; RFC 9110 5.6.2: a name is a token"},
        {"control_character_in_a_value", with("X-Bell: test\a"),
         "5; RFC 9110 5.5: control characters are no part of a value"},
        {"cr_without_lf", std::format("{}{}\rSome-Header: Test\r\n\r\n", get, host),
         "2.2: a CR that stands alone makes the element invalid"},
        {"length_below_zero", with("Content-Length: -1234"), length},
        {"length_far_below_zero", with("Content-Length: -123456789123456789123456789"), length},
        {"length_of_letters", with("Content-Length: abc"), length},
        {"length_and_chunks",
         std::format("POST /livez HTTP/1.1\r\n{}content-LengtH: 5\r\nTransFer-Encoding: "
                     "chunked\r\n\r\nc\r\nHellO world1\r\n0\r\n\r\n",
                     host),
         "6.1, 6.3: with both, an error, and the connection ends"},
        {"length_and_chunks_of_a_get", with("Transfer-Encoding: chunked\r\nContent-Length: 5"),
         "6.1, 6.3: with both, an error, and the connection ends"},
    };
}

INSTANTIATE_TEST_SUITE_P(Conformance, Malformed, testing::ValuesIn(malformed()), name_of);

// ---- a request with a body ----

/// h1spec asks for the body's echo. A receipt has the SHA-256 of the body as it arrived, and so
/// says the same.
using Body = Conformance;

TEST_P(Body, ArrivesToTheByteAndTheConnectionGoesOn) {
    const HttpClient client = server->new_user();
    const RawConnection connection(server->port());
    connection.send(std::format("PUT /v1/sessions/{} HTTP/1.1\r\n{}Authorization: Bearer {}\r\n"
                                "Content-Type: application/json\r\n{}",
                                new_id(), host, client.token, GetParam().bytes));
    const std::string answer = connection.read_answer();
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 201 Created\r\n")) << GetParam();
    EXPECT_THAT(answer, HasSubstr(sha256_hex(session_body())));
    connection.send(std::format("{}{}\r\n", get, host));
    EXPECT_THAT(connection.read_answer(), StartsWith("HTTP/1.1 200 OK\r\n"));
}

std::vector<Case> bodies() {
    const std::string body = session_body();
    const auto chunks = [&body](std::string_view field) {
        return std::format("{}\r\n\r\nc\r\n{}\r\n{:X}\r\n{}\r\n0\r\n\r\n", field,
                           body.substr(0, 12), body.size() - 12, body.substr(12));
    };
    return {
        {"of_a_length", std::format("Content-Length: {}\r\n\r\n{}", body.size(), body),
         "6.2, 6.3: as many bytes as Content-Length says"},
        {"in_chunks", chunks("Transfer-Encoding: chunked"),
         "7.1: chunks, each with its size in hexadecimal digits of either case, and an empty one"},
        {"in_chunks_in_any_case", chunks("tRANSFER-eNCODING: Chunked"),
         "5.1, 7: names of fields and of codings in any case"},
    };
}

INSTANTIATE_TEST_SUITE_P(Conformance, Body, testing::ValuesIn(bodies()), name_of);

TEST_F(Conformance, ABodyThatNobodyTakesIsNotReadAsTheNextRequest) {
    const RawConnection connection(server->port());
    connection.send(
        std::format("POST /nowhere HTTP/1.1\r\n{}Content-Length: 5\r\n\r\nhello", host));
    const std::string answer = connection.read_to_end();
    EXPECT_THAT(answer,
                StartsWith("HTTP/1.1 404 Not Found\r\n")); // RFC 9112 9.3: or the body is read
    EXPECT_EQ(answers_in(answer), 1U) << answer;
}

} // namespace
} // namespace haven::test
