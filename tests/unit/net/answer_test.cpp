#include "net/uploader/answer.hpp"

#include "net/api/problem.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/http_client.hpp"
#include "scripted_server.hpp"

#include <expected>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace haven::uploader {
namespace {

using outbox::RequestKind;
using test::ScriptedServer;
using enum Verdict;

constexpr std::string_view id = "0190163d-8694-739b-aea5-966c26f8ad91";
constexpr std::string_view other_id = "0190163d-8694-739b-aea5-966c26f8ad92";

struct Case {
    RequestKind kind;
    std::string path;
};

/// Each kind of request that an outbox makes.
std::vector<Case> all_kinds() {
    const std::string of(id);
    return {{RequestKind::session, "/v1/sessions/" + of},
            {RequestKind::exercise, "/v1/exercises/" + of},
            {RequestKind::vr_session, "/v1/vr-sessions/" + of},
            {RequestKind::metrics, "/v1/vr-sessions/" + of + "/metrics"},
            {RequestKind::drawing, "/v1/bilateral-drawings/" + of},
            {RequestKind::trace_chunk, "/v1/bilateral-drawings/" + of + "/trace/1048576"},
            {RequestKind::trace_completion, "/v1/bilateral-drawings/" + of + "/trace"},
            {RequestKind::vr_session_end, "/v1/vr-sessions/" + of + "/end"},
            {RequestKind::exercise_end, "/v1/exercises/" + of + "/end"},
            {RequestKind::session_event, "/v1/session-events/" + of}};
}

constexpr std::string_view body = R"({"what":"was sent"})";

Sent sent(const Case& what) {
    return {
        .kind = what.kind, .path = what.path, .body_bytes = body.size(), .sha256 = sha256_of(body)};
}

/// What Haven answers to a body at a path.
HttpResponse answer_to(std::string_view path, std::string_view of_body, int status = 200) {
    const ScriptedServer::Answer stored =
        ScriptedServer::receipt({.path = std::string(path), .body = std::string(of_body)}, status);
    return {.status = status, .content_type = "application/json", .body = stored.body};
}

HttpResponse page(int status, std::string content_type = "text/html; charset=utf-8",
                  std::string text = "<html><form>Sign in to the hotel's network</form></html>") {
    return {.status = status, .content_type = std::move(content_type), .body = std::move(text)};
}

HttpResponse problem(int status, std::string_view type) {
    return page(status, "application/problem+json",
                api::encode(api::Problem{.type = std::string(type), .status = status}));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

TEST(Answer, HavensReceiptForTheVeryBodyIsAnAcknowledgement) {
    for (const Case& what : all_kinds()) {
        EXPECT_EQ(judge(sent(what), answer_to(what.path, body)), acknowledged) << what.path;
        EXPECT_EQ(judge(sent(what), answer_to(what.path, body, 201)), acknowledged) << what.path;
    }
}

TEST(Answer, WhatItsPersonDeletedIsGone) {
    for (const Case& what : all_kinds()) {
        EXPECT_EQ(judge(sent(what), problem(410, api::problem_type::gone)), gone) << what.path;
        EXPECT_EQ(judge(sent(what), page(410)), not_haven) << "somebody in between";
    }
}

TEST(Answer, TheReceiptMayStandBesideTheThingItself) {
    for (const Case& what : all_kinds()) {
        HttpResponse whole = answer_to(what.path, body, 201);
        whole.body.pop_back();
        whole.body +=
            R"(, "status": "created", "technique_config": {"id": 1}, "word_count": null})";
        EXPECT_EQ(judge(sent(what), whole), acknowledged) << whole.body;
    }
}

TEST(Answer, NoOtherSuccessIsAnAcknowledgement) {
    for (const Case& what : all_kinds()) {
        SCOPED_TRACE(what.path);
        const HttpResponse good = answer_to(what.path, body);
        std::vector<HttpResponse> impostors = {
            page(200), page(200, "", ""), page(201, "application/json", "{}"), page(204, "", ""),
            page(200, "application/json", R"({"ok":true})"),
            page(200, "application/json", R"([1])"),
            page(200, "application/json", replaced(R"({"id":"ID"})", "ID", id)),
            // another body; another thing; another type; other statuses
            answer_to(what.path, "other bytes"),
            page(200, "application/json", replaced(good.body, id, other_id)),
            page(200, "text/html", good.body), page(200, "", good.body)};
        for (const int status : {202, 203, 205, 206, 226, 301, 302, 303, 304, 307, 308}) {
            impostors.push_back(page(status, "application/json", good.body));
        }
        for (const HttpResponse& impostor : impostors) {
            EXPECT_EQ(judge(sent(what), impostor), not_haven)
                << impostor.status << ' ' << impostor.content_type << ' ' << impostor.body;
        }
    }
}

TEST(Answer, APieceOfTraceIsTakenOnlyWhenTheServerHoldsItsEnd) {
    const Case chunk = all_kinds()[5];
    const HttpResponse at_another_offset =
        answer_to(replaced(chunk.path, "1048576", "1048575"), body);
    EXPECT_EQ(judge(sent(chunk), at_another_offset), not_haven);
    const Case completion = all_kinds()[6];
    const HttpResponse open = page(200, "application/json",
                                   replaced(answer_to(completion.path, body).body,
                                            R"("complete":true)", R"("complete":false)"));
    EXPECT_EQ(judge(sent(completion), open), not_haven);
}

TEST(Answer, AStrangersRefusalParksNothing) {
    for (const Case& what : all_kinds()) {
        for (const int status : {400, 401, 403, 404, 405, 407, 409, 410, 411, 413, 415, 417, 421,
                                 422, 426, 431, 451, 511}) {
            SCOPED_TRACE(status);
            EXPECT_EQ(judge(sent(what), page(status)), not_haven);
            EXPECT_EQ(judge(sent(what), page(status, "application/json", R"({"error":"no"})")),
                      not_haven);
            EXPECT_EQ(judge(sent(what), problem(status, "about:blank")), not_haven);
            EXPECT_EQ(
                judge(sent(what), problem(status, "https://gateway.example/problems/forbidden")),
                not_haven);
            // Haven's words under a status that is not theirs
            EXPECT_EQ(judge(sent(what), problem(status, api::problem_type::unavailable)),
                      not_haven);
        }
        for (const int status : {408, 429, 500, 502, 503, 504, 521}) {
            EXPECT_EQ(judge(sent(what), page(status)), retry) << status;
        }
    }
}

TEST(Answer, HavensOwnRefusalsMeanWhatTheySay) {
    namespace type = api::problem_type;
    for (const Case& what : all_kinds()) {
        SCOPED_TRACE(what.path);
        const bool of_trace =
            what.kind == RequestKind::trace_chunk || what.kind == RequestKind::trace_completion;
        EXPECT_EQ(judge(sent(what), problem(401, type::unauthorized)), token_refused);
        EXPECT_EQ(judge(sent(what), problem(403, type::consent_missing)),
                  of_trace ? no_consent : refused);
        EXPECT_EQ(judge(sent(what), problem(403, type::forbidden)), refused);
        EXPECT_EQ(judge(sent(what), problem(404, type::not_found)), refused);
        EXPECT_EQ(judge(sent(what), problem(409, type::conflict)), refused);
        EXPECT_EQ(judge(sent(what), problem(413, type::body_too_large)), smaller_server);
        EXPECT_EQ(judge(sent(what), problem(422, type::invalid_body)), refused);
        // cut off or changed on its way, or another version's server
        EXPECT_EQ(judge(sent(what), problem(400, type::malformed)), retry);
        EXPECT_EQ(judge(sent(what), problem(400, type::digest_mismatch)), retry);
        EXPECT_EQ(judge(sent(what), problem(405, type::method_not_allowed)), retry);
        EXPECT_EQ(judge(sent(what), problem(415, type::media_type)), retry);
        EXPECT_EQ(judge(sent(what), problem(429, type::too_many_requests)), retry);
        EXPECT_EQ(judge(sent(what), problem(500, type::internal)), retry);
        EXPECT_EQ(judge(sent(what), problem(503, type::unavailable)), retry);
    }
}

TEST(Answer, OnMotionThePersonsOwnWordCounts) {
    const auto word = [](std::string_view given) {
        return page(200, "application/json",
                    replaced(R"({"data_processing":{"given":false},"motion_trace":{"given":GIVEN,)"
                             R"("consent_id":null}})",
                             "GIVEN", given));
    };
    EXPECT_EQ(judge_motion_consent(word("true")), true);
    EXPECT_EQ(judge_motion_consent(word("false")), false);
    for (const HttpResponse& none :
         {word("null"), word("1"), page(200), page(200, "application/json", "{}"),
          page(200, "application/json", R"({"motion_trace":false})"),
          page(200, "text/html", word("false").body), page(203, "application/json", "{}"),
          problem(404, api::problem_type::not_found)}) {
        EXPECT_EQ(judge_motion_consent(none), std::unexpected(not_haven)) << none.body;
    }
    EXPECT_EQ(judge_motion_consent(problem(503, api::problem_type::unavailable)),
              std::unexpected(retry));
    EXPECT_EQ(judge_motion_consent(problem(401, api::problem_type::unauthorized)),
              std::unexpected(token_refused));
}

} // namespace
} // namespace haven::uploader
