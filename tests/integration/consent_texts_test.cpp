// The words of consents by version: which are in force, what is recorded of a yes, who is to be
// asked anew, and when an older yes ceases to count.
#include "server/store/connection.hpp"
#include "server/store/db_error.hpp"
#include "server/store/migrations.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/json_at.hpp"
#include "tests/integration/store_fixture.hpp"
#include "tests/support/postgres.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <format>
#include <string>
#include <string_view>

namespace haven::test {
namespace {

constexpr const char* words = "The words of the third.";

class ConsentTexts : public ::testing::Test {
  protected:
    std::string sql(const std::string& text) const {
        return sql_text(server.config().database_url, text);
    }
    void sql_do(const std::string& text) const { test::sql_do(server.config().database_url, text); }
    /// A moment from now, as it is sent.
    std::string from_now(const std::string& interval) const {
        return sql(std::format("SELECT haven_utc(now() + interval '{}')", interval));
    }
    static std::string version_body(const std::string& valid_from, const std::string& rest = "",
                                    const std::string& texts = std::format(
                                        R"({{"language":"en","consent_text":"{}"}})", words)) {
        return std::format(R"({{"valid_from":"{}"{},"texts":[{}]}})", valid_from, rest, texts);
    }
    Reply put(const std::string& body, const std::string& at = "research/v3.0") {
        return supervisor.put("/v1/consent-texts/" + at, body);
    }
    static Reply agree(HttpClient& user, std::string_view version, std::string_view rest = "",
                       std::string_view type = "research", bool given = true) {
        return user.put(
            "/v1/consents/" + new_id(),
            std::format(R"({{"consent_type":"{}","consent_version":"{}","consent_given":{}{}}})",
                        type, version, given, rest));
    }
    static std::string current(HttpClient& user, const std::string& pointer) {
        return json_at(user.get("/v1/consents/current").body, pointer);
    }
    std::string recorded() const {
        return sql("SELECT consent_text FROM consent_records WHERE consent_type = 'research' ORDER "
                   "BY consented_at DESC LIMIT 1");
    }

    TestServer server;
    HttpClient supervisor = server.new_clinician("supervisor");
};

TEST_F(ConsentTexts, AnybodyReadsWhatIsInForceInTheirLanguage) {
    HttpClient nobody = server.client();
    const Reply all = nobody.get("/v1/consent-texts");
    ASSERT_EQ(all.status, 200) << all.body;
    EXPECT_EQ(json_at(all.body, "/items/0/consent_type"), "data_processing");
    EXPECT_FALSE(json_at(all.body, "/items/4").empty());
    EXPECT_EQ(json_at(all.body, "/items/5"), "");
    const auto one = [&](const std::string& language, const std::string& member) {
        const Reply page =
            nobody.get("/v1/consent-texts?consent_type=research&language=" + language);
        EXPECT_EQ(json_at(page.body, "/items/1"), "");
        return json_at(page.body, "/items/0/" + member);
    };
    EXPECT_EQ(one("de-AT", "language"), "de");
    EXPECT_EQ(one("DE", "language"), "de");
    EXPECT_EQ(one("pt", "language"), "en") << "in English where there is none";
    EXPECT_EQ(one("en", "consent_version"), "v2.0");
    EXPECT_EQ(one("fr", "sha256"), sha256_hex(one("fr", "consent_text")));
    const Reply older = nobody.get("/v1/consent-texts/research/v1.0");
    EXPECT_EQ(json_at(older.body, "/texts/3/language"), "fr") << older.body;
    EXPECT_EQ(nobody.get("/v1/consent-texts/research/v9").status, 404);
    EXPECT_EQ(nobody.get("/v1/consent-texts/everything/v1.0").status, 404);
    EXPECT_EQ(nobody.get("/v1/consent-texts?consent_type=everything").status, 400);
}

TEST_F(ConsentTexts, AVersionIsPutOnceByASupervisorAndComesIntoForceAtItsTime) {
    const std::string begins = from_now("1 hour");
    const std::string body = version_body(begins);
    const Reply made = put(body);
    ASSERT_EQ(made.status, 201) << made.body;
    EXPECT_EQ(json_at(made.body, "/texts/0/sha256"), sha256_hex(words));
    EXPECT_EQ(put(body).status, 200);
    EXPECT_EQ(put(version_body(begins, R"(,"asks_anew":true)")).status, 409);
    EXPECT_EQ(put(version_body(begins, "", R"({"language":"en","consent_text":"Other."})")).status,
              409);
    const auto in_force = [&] {
        return json_at(supervisor.get("/v1/consent-texts?consent_type=research").body,
                       "/items/0/consent_version");
    };
    EXPECT_EQ(in_force(), "v2.0");
    HttpClient user = server.new_user();
    EXPECT_TRUE(agree(user, "v3.0").points_to("/consent_version")) << "it has not begun";
    sql_do("UPDATE consent_versions SET valid_from = now() WHERE consent_version = 'v3.0'");
    EXPECT_EQ(in_force(), "v3.0");
    EXPECT_EQ(agree(user, "v3.0").status, 201);
    EXPECT_EQ(recorded(), words);
    EXPECT_EQ(sql("SELECT changes_made #>> '{consent_version}' FROM audit_logs WHERE action = "
                  "'consent_text_put' AND response_status = 201"),
              "v3.0");
    HttpClient senior = server.new_clinician("senior");
    EXPECT_EQ(senior.put("/v1/consent-texts/research/v4.0", body).status, 403);
    EXPECT_EQ(user.put("/v1/consent-texts/research/v4.0", body).status, 403);
}

TEST_F(ConsentTexts, WhatIsWrongWithAVersionIsNamed) {
    const std::string soon = from_now("1 hour");
    const auto pointer = [&](const std::string& body) {
        const Reply reply = put(body, "research/v4.0");
        EXPECT_EQ(reply.status, 422) << body << reply.body;
        return json_at(reply.body, "/errors/0/pointer");
    };
    EXPECT_EQ(pointer(version_body(from_now("-1 hour"))), "/valid_from");
    EXPECT_EQ(pointer(version_body(from_now("3 years"))), "/valid_from");
    EXPECT_EQ(pointer(version_body(soon, std::format(R"(,"renew_by":"{}")", from_now("60 days")))),
              "/renew_by")
        << "it does not ask anew";
    EXPECT_EQ(pointer(version_body(
                  soon, std::format(R"(,"asks_anew":true,"renew_by":"{}")", from_now("13 days")))),
              "/renew_by")
        << "people have two weeks";
    EXPECT_EQ(pointer(version_body(soon, "", R"({"language":"de","consent_text":"Worte."})")),
              "/texts");
    EXPECT_EQ(pointer(version_body(soon, "",
                                   R"({"language":"en","consent_text":"A."},)"
                                   R"({"language":"EN","consent_text":"B."})")),
              "/texts");
    EXPECT_EQ(pointer(R"({"valid_from":"2026-12-01T00:00:00Z"})"), "/texts");
    EXPECT_EQ(put(version_body(soon), "research/v4.0").status, 201);
    EXPECT_EQ(put(version_body(soon), "research/v5.0").status, 422) << "after every other";
    EXPECT_EQ(put(version_body(soon), "everything/v5.0").status, 404);
    EXPECT_EQ(put(version_body(soon), "research/v%205").status, 404);
    EXPECT_EQ(sql("SELECT count(*) FROM consent_versions WHERE consent_type = 'research'"), "3");
}

TEST_F(ConsentTexts, WhatStandsThereIsChangedByNoProgram) {
    auto connection = store::Connection::open(server.config().database_url);
    ASSERT_TRUE(connection);
    ASSERT_TRUE(connection->execute("SET ROLE haven_app"));
    const auto refusal = [&](const char* as, const char* text) {
        EXPECT_TRUE(connection->execute(
            std::format("SELECT set_config('haven.actor', '{}', false), "
                        "set_config('haven.actor_role', '{}', false)",
                        as, as == std::string_view("clinician") ? "senior" : "")));
        const auto done = connection->execute(text);
        return done ? "" : done.error().sqlstate;
    };
    for (const char* table : {"consent_versions", "consent_texts"}) {
        EXPECT_EQ(refusal("job", std::format("DELETE FROM {}", table).c_str()), "42501");
        EXPECT_EQ(refusal("job", std::format("UPDATE {} SET consent_version = 'x'", table).c_str()),
                  "42501");
    }
    const char* add = "INSERT INTO consent_versions (consent_type, consent_version, valid_from) "
                      "VALUES ('research', 'x', now())";
    for (const char* actor : {"user", "service", "gate", "clinician"}) {
        EXPECT_EQ(refusal(actor, add), "42501") << actor;
    }
}

TEST_F(ConsentTexts, AYesIsToWordsThatAreHereAndTheyAreRecorded) {
    HttpClient user = server.new_user();
    EXPECT_TRUE(agree(user, "v7.7").points_to("/consent_version"));
    EXPECT_TRUE(
        agree(user, "v1.0", R"(,"consent_text":"Some other words.")").points_to("/consent_text"));
    EXPECT_EQ(sql("SELECT count(*) FROM consent_records WHERE consent_type = 'research'"), "0");
    EXPECT_EQ(agree(user, "v1.0").status, 201);
    EXPECT_TRUE(recorded().starts_with("I agree that my drawings")) << recorded();
    EXPECT_EQ(agree(user, "v1.0", R"(,"language":"es")").status, 201);
    EXPECT_TRUE(recorded().starts_with("Acepto que mis dibujos")) << recorded();
    const std::string french = sql("SELECT consent_text FROM consent_texts WHERE consent_type = "
                                   "'research' AND consent_version = 'v2.0' AND language = 'fr'");
    EXPECT_EQ(agree(user, "v2.0", std::format(R"(,"consent_text":"{}")", french)).status, 201);
    EXPECT_EQ(recorded(), french);
    sql_do("UPDATE users SET preferred_language = 'de'");
    EXPECT_EQ(agree(user, "v2.0").status, 201);
    EXPECT_TRUE(recorded().starts_with("Ich bin einverstanden")) << recorded();
    EXPECT_EQ(agree(user, "v9", "", "research", false).status, 201) << "a no is always taken";
    EXPECT_EQ(current(user, "/research/given"), "false");
}

TEST_F(ConsentTexts, WhoRegistersAgreesToWhatIsInForce) {
    EXPECT_EQ(server.client()
                  .post("/v1/users", R"({"email":"ada@example.org","password":)"
                                     R"("quiet-harbour-lamp","preferred_language":"de-AT",)"
                                     R"("consent_data_processing":true})")
                  .status,
              202);
    server.confirm("ada@example.org");
    EXPECT_EQ(sql("SELECT string_agg(concat_ws(' ', consent_type, consent_version, "
                  "left(consent_text, 21)), ', ' ORDER BY consent_type) FROM consent_records"),
              "data_processing v2.0 Ich bin einverstanden, motion_trace v2.0 Ich bin "
              "einverstanden");
}

TEST_F(ConsentTexts, AVersionThatAsksAnewStopsNothingUntilItsDay) {
    HttpClient user = server.new_user();
    HttpClient other = server.new_user();
    const std::string session = "/v1/sessions/";
    EXPECT_EQ(current(user, "/data_processing/renewal_due"), "false");
    EXPECT_EQ(put(version_body(from_now("1 hour"), std::format(R"(,"asks_anew":true,)"
                                                               R"("renew_by":"{}")",
                                                               from_now("20 days"))),
                  "data_processing/v3.0")
                  .status,
              201);
    EXPECT_EQ(current(user, "/data_processing/renewal_due"), "false") << "it has not begun";
    sql_do("UPDATE consent_versions SET valid_from = now() - interval '30 days' WHERE "
           "consent_version = 'v2.0'; UPDATE consent_versions SET valid_from = now() - interval "
           "'20 days' WHERE consent_version = 'v3.0'");
    EXPECT_EQ(current(user, "/data_processing/renewal_due"), "true");
    EXPECT_EQ(current(user, "/data_processing/given"), "true");
    EXPECT_NE(current(user, "/data_processing/renew_by"), "null");
    EXPECT_EQ(current(user, "/marketing/renewal_due"), "false");
    EXPECT_EQ(user.put(session + new_id(), session_body()).status, 201);
    EXPECT_EQ(agree(other, "v3.0", "", "data_processing").status, 201);
    EXPECT_EQ(current(other, "/data_processing/renewal_due"), "false");
    sql_do("UPDATE consent_versions SET renew_by = now() WHERE consent_version = 'v3.0'");
    EXPECT_EQ(user.put(session + new_id(), session_body()).status, 403);
    EXPECT_EQ(current(user, "/data_processing/given"), "false");
    EXPECT_EQ(other.put(session + new_id(), session_body()).status, 201);
    EXPECT_EQ(user.get("/v1/users/me").member("consent_data_processing"), "true");
    EXPECT_EQ(sql("SELECT haven_job_lapse_consents()"), "1");
    EXPECT_EQ(user.get("/v1/users/me").member("consent_data_processing"), "false");
    EXPECT_EQ(sql("SELECT haven_job_lapse_consents()"), "0");
    EXPECT_EQ(agree(user, "v3.0", "", "data_processing").status, 201);
    EXPECT_EQ(user.put(session + new_id(), session_body()).status, 201);
    EXPECT_EQ(user.get("/v1/users/me").member("consent_data_processing"), "true");
}

/// `haven-server consent-text`, as who runs the server calls it.
class ConsentTextCommand : public ConsentTexts {
  protected:
    struct Outcome {
        int status = -1;
        std::string output; ///< and what it says of errors
    };
    /// `@NAME` is a file of the test's.
    Outcome call(std::string arguments) {
        for (std::size_t at = 0; (at = arguments.find('@', at)) != std::string::npos;) {
            arguments.replace(at, 1, directory.path().string() + "/");
        }
        const auto stem = directory.path() / ("run" + std::to_string(++runs));
        const auto ended =
            run({.argv = {"sh", "-c",
                          std::format("exec '" HAVEN_BINARY_DIR
                                      "/haven-server' consent-text {} < /dev/null",
                                      arguments)},
                 .environment = {{"HAVEN_DATABASE_URL", server.config().database_url}},
                 .without_environment = {},
                 .output_stem = stem},
                std::chrono::seconds(60));
        EXPECT_TRUE(ended) << (ended ? "" : ended.error());
        return {.status = ended ? ended->exit_status : -1,
                .output = read_text(stem.string() + ".out") + read_text(stem.string() + ".err")};
    }
    void file(const std::string& name, const std::string& text) const {
        write_text(directory.path() / name, text);
    }
    std::string versions() const {
        return sql("SELECT count(*) FROM consent_versions WHERE consent_type = 'research'");
    }

    TempDirectory directory;
    int runs = 0;
};

TEST_F(ConsentTextCommand, AVersionIsPutInFromFilesOnceItIsSaidWhatThatChanges) {
    HttpClient user = server.new_user();
    ASSERT_EQ(agree(user, "v2.0").status, 201);
    HttpClient other = server.new_user();
    ASSERT_EQ(agree(other, "v2.0").status, 201);
    ASSERT_EQ(agree(other, "v2.0", "", "research", false).status, 201);
    file("en", std::string(words) + "\n");
    file("de", "\xEF\xBB\xBF"
               "Die W\xC3\xB6rter.\r\n");
    const std::string add = "add research v3.0 --text en=@en --text de=@de --valid-from " +
                            from_now("1 hour") + " --asks-anew --renew-by " + from_now("30 days");
    const Outcome looked = call(add);
    EXPECT_EQ(looked.status, 1) << looked.output;
    for (const char* said : {"research v3.0, in de en", "in place of v2.0",
                             "v2.0 is also in es fr: who reads that will be shown English",
                             "1 people have agreed to an older version: they are asked again, and "
                             "their yes counts until ",
                             "nothing was put in: say --yes"}) {
        EXPECT_TRUE(looked.output.contains(said)) << said << looked.output;
    }
    EXPECT_EQ(versions(), "2");
    const Outcome done = call(add + " --yes");
    EXPECT_EQ(done.status, 0) << done.output;
    EXPECT_TRUE(done.output.contains("research v3.0 was put in")) << done.output;
    EXPECT_EQ(sql("SELECT string_agg(consent_text, ' ' ORDER BY language) FROM consent_texts WHERE "
                  "consent_version = 'v3.0'"),
              std::string("Die W\xC3\xB6rter. ") + words);
    EXPECT_EQ(sql("SELECT changes_made ->> 'consent_version' FROM audit_logs WHERE action = "
                  "'consent_text_put'"),
              "v3.0");
    EXPECT_TRUE(call(add).output.contains("is there already")) << "however often";
    const Outcome listed = call("list");
    EXPECT_EQ(listed.status, 0) << listed.output;
    EXPECT_TRUE(listed.output.contains("to come, asks anew, by ")) << listed.output;
    EXPECT_TRUE(listed.output.contains("\nresearch v2.0: ")) << listed.output;
    EXPECT_TRUE(listed.output.contains(", in force, asks nobody anew, de en es fr"))
        << listed.output;
}

TEST_F(ConsentTextCommand, WhatIsWrongIsSaidInTheWordsOfWhoTypedItAndChangesNothing) {
    file("en", words);
    file("empty", "\n");
    file("long", std::string(20001, 'x'));
    file("latin1", "W\xF6rter");
    const auto refused = [this](const std::string& arguments, std::string_view said) {
        const Outcome outcome = call(arguments + " --yes");
        EXPECT_EQ(outcome.status, 1) << arguments << outcome.output;
        EXPECT_TRUE(outcome.output.contains(said)) << arguments << ": " << outcome.output;
    };
    refused("add research v3.0", "--text wants LANGUAGE=FILE");
    refused("add research v3.0 --text en", "--text wants LANGUAGE=FILE");
    refused("add research v3.0 --text en=@none", "none cannot be read");
    refused("add research v3.0 --text en=@empty", "empty ");
    refused("add research v3.0 --text en=@long", "long ");
    refused("add research v3.0 --text en=@latin1", "latin1 ");
    refused("add research v3.0 --text de=@en", "--text must have one in English");
    refused("add research v3.0 --text en=@en --text EN=@en", "--text must have each language once");
    refused("add research v3.0 --text en_GB=@en", "the language en_GB ");
    refused("add research v3.0 --text en=@en --valid-from tomorrow", "--valid-from ");
    refused("add research v3.0 --text en=@en --valid-from 2020-01-01T00:00:00Z", "--valid-from ");
    refused("add research v3.0 --text en=@en --renew-by " + from_now("30 days"), "--renew-by ");
    refused("add research v3.0 --text en=@en --asks-anew --renew-by " + from_now("3 days"),
            "--renew-by ");
    refused("add everything v3.0 --text en=@en", "no such matter");
    refused("add research v,3 --text en=@en", "no version may have such a name");
    refused("add research v2.0 --text en=@en", "is there with other words");
    refused("add research", "see --help");
    EXPECT_EQ(call("remove research v2.0").status, 1);
    EXPECT_EQ(versions(), "2");
    const Outcome help = call("--help");
    EXPECT_EQ(help.status, 0);
    EXPECT_TRUE(help.output.starts_with("usage: haven-server consent-text add MATTER VERSION"));
}

/// What an older database holds.
TEST(ConsentTextsMigration, EachVersionThatSomebodyAgreedToIsThereInTheirWords) {
    const std::string url = TestCluster::instance().empty_database();
    store::Connection connection = connect(url);
    ASSERT_TRUE(store::migrate(connection, store::embedded_migrations().first(34)));
    const auto done = connection.execute(
        "INSERT INTO users (email, password_hash, consent_data_processing) VALUES ('a@b.example', "
        "'x', true); INSERT INTO consent_records (user_id, consent_type, consent_version, "
        "consent_given, consent_text, consented_at) SELECT id, type, version, true, words, at FROM "
        "users, (VALUES ('research', 'v1.0', NULL, timestamptz '2026-03-01'), ('research', 'v2.0', "
        "'My drawings may be studied.', '2026-03-02'), ('research', '2026-summer', NULL, "
        "'2026-07-01'), ('marketing', 'v1.0', NULL, '2026-03-01')) AS said (type, version, words, "
        "at)");
    ASSERT_TRUE(done) << store::describe(done.error());
    ASSERT_TRUE(store::migrate(connection));
    EXPECT_EQ(one_value<std::string>(
                  url, "SELECT string_agg(concat_ws(' ', consent_version, count, words), ', ' "
                       "ORDER BY valid_from) FROM (SELECT consent_version, valid_from, count(*), "
                       "left(max(consent_text) FILTER (WHERE language = 'en'), 16) AS words FROM "
                       "consent_versions JOIN consent_texts USING (consent_type, consent_version) "
                       "WHERE consent_type = 'research' GROUP BY 1, 2) AS known"),
              "v1.0 4 I agree that my , v2.0 1 My drawings may , 2026-summer 1 The words of thi");
    EXPECT_EQ(one_value<std::int64_t>(url, "SELECT count(*) FROM consent_records LEFT JOIN "
                                           "consent_texts USING (consent_type, consent_version) "
                                           "WHERE sha256 IS NULL"),
              0);
}

} // namespace
} // namespace haven::test
