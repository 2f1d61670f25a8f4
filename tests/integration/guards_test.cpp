// What stands before something is let in where a clinic asks for it: a scanner for files, a list of
// passwords that leaked, a second factor of everybody.
#include "server/artifacts/virus_scanner.hpp"
#include "server/auth/breached_passwords.hpp"
#include "server/config.hpp"
#include "server/http/problem.hpp"
#include "tests/integration/http_client.hpp"
#include "tests/integration/http_fixture.hpp"
#include "tests/integration/mailbox.hpp"
#include "tests/integration/scripted_scanner.hpp"
#include "tests/integration/second_factor.hpp"
#include "tests/support/await.hpp"
#include "tests/support/process.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <expected>
#include <filesystem>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace haven::test {
namespace {

using namespace std::string_literals;
using Manner = ScriptedScanner::Manner;

const std::vector<std::string> octets{"Content-Type: application/octet-stream"};

std::string png_bytes(std::string_view more, std::size_t size = 300'000) {
    return "\x89PNG\r\n\x1A\n"s + std::string(size, 'p') + std::string(more);
}

class ScannedFiles : public ::testing::Test {
  protected:
    void start(const std::string& scanner) {
        ServerConfig config = TestServer::fresh_config(directory);
        config.virus_scanner = scanner;
        server.emplace(http::Limits{}, config);
        user.emplace(server->new_user());
    }
    std::string new_picture() {
        const std::string session = new_id();
        const std::string exercise = new_id();
        const std::string artifact = new_id();
        EXPECT_EQ(user->put("/v1/sessions/" + session, session_body()).status, 201);
        EXPECT_EQ(user->put("/v1/exercises/" + exercise, exercise_body(session)).status, 201);
        EXPECT_EQ(
            user->put("/v1/exercise-artifacts/" + artifact,
                      std::format(R"({{"exercise_id":"{}","artifact_type":"canvas_drawing"}})",
                                  exercise))
                .status,
            201);
        return artifact;
    }
    Reply put_file(const std::string& artifact, std::string_view bytes) {
        return user->send("PUT", "/v1/exercise-artifacts/" + artifact + "/file", bytes, octets);
    }
    std::string sql(const std::string& text) const {
        return sql_text(server->config().database_url, text);
    }

    TempDirectory directory;
    std::optional<TestServer> server;
    std::optional<HttpClient> user;
};

TEST_F(ScannedFiles, WhatTheScannerFindsIsRefusedChangesNothingAndIsOnTheRecord) {
    const ScriptedScanner scanner(directory.path() / "clamd.sock", Manner::answers);
    start(scanner.address());
    const std::string artifact = new_picture();
    const Reply refused = put_file(artifact, png_bytes(ScriptedScanner::mark));
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_TRUE(refused.body.contains(R"("code":"malware")")) << refused.body;
    EXPECT_EQ(files_below(server->config().objects_dir / "artifacts"), 0U);
    EXPECT_EQ(sql("SELECT minio_object_key FROM exercise_artifacts WHERE id = '" + artifact + "'"),
              "NULL");
    EXPECT_EQ(sql("SELECT count(*) FROM audit_logs WHERE response_status = 422 AND user_id = '" +
                  user->id + "' AND resource_id = '" + artifact + "'"),
              "1");
    const std::string good = png_bytes("");
    EXPECT_EQ(put_file(artifact, good).status, 201);
    EXPECT_EQ(user->get("/v1/exercise-artifacts/" + artifact + "/file").body, good);
    EXPECT_EQ(scanner.faults(), 0U);
    EXPECT_EQ(scanner.scanned_bytes(), 2 * good.size() + ScriptedScanner::mark.size());
}

TEST_F(ScannedFiles, VoicesOfAServiceAreScannedToo) {
    const ScriptedScanner scanner(directory.path() / "clamd.sock", Manner::answers);
    start(scanner.address());
    HttpClient service = server->new_service("voice", "speech");
    const std::string path = "/v1/tts-cache/" + std::string(64, 'a') + "?voice_id=calm";
    const std::string voice =
        "OggS\0"s + std::string(2000, 'o') + std::string(ScriptedScanner::mark);
    const Reply refused = service.send("PUT", path, voice, octets);
    EXPECT_EQ(refused.status, 422) << refused.body;
    EXPECT_TRUE(refused.body.contains(R"("code":"malware")")) << refused.body;
    EXPECT_EQ(sql("SELECT count(*) FROM tts_cache"), "0");
}

TEST_F(ScannedFiles, WithoutAScannerThatAnswersNothingIsStored) {
    for (const Manner manner : {Manner::hangs_up, Manner::refuses}) {
        const ScriptedScanner scanner(directory.path() / "clamd.sock", manner);
        start(scanner.address());
        const std::string artifact = new_picture();
        const Reply refused = put_file(artifact, png_bytes(""));
        EXPECT_EQ(refused.status, 503) << refused.body;
        EXPECT_TRUE(refused.headers.contains("retry-after"));
        EXPECT_EQ(files_below(server->config().objects_dir / "artifacts"), 0U);
        std::filesystem::remove(directory.path() / "clamd.sock");
    }
    start("unix:" + (directory.path() / "nobody.sock").string());
    EXPECT_EQ(put_file(new_picture(), png_bytes("")).status, 503) << "nobody listens";
}

TEST(VirusScanner, OneThatSaysNothingHasItsTime) {
    const TempDirectory directory;
    const ScriptedScanner silent(directory.path() / "clamd.sock", Manner::says_nothing);
    boost::asio::io_context io;
    artifacts::VirusScanner scanner(io.get_executor(),
                                    artifacts::VirusScanner::parse(silent.address()).value(),
                                    std::chrono::milliseconds(50));
    const std::string file = png_bytes("");
    std::expected<void, http::Problem> said;
    boost::asio::co_spawn(
        io,
        [&]() -> boost::asio::awaitable<void> {
            said = co_await scanner.scan(std::as_bytes(std::span(file)), "one");
        },
        boost::asio::detached);
    io.run();
    ASSERT_FALSE(said);
    EXPECT_EQ(said.error().type, http::ProblemType::unavailable);
    EXPECT_EQ(silent.scans(), 1U);
}

TEST(VirusScanner, FilesGoToThisMachineAlone) {
    using artifacts::VirusScanner;
    EXPECT_EQ(VirusScanner::parse("").value(), nullptr);
    for (const char* here :
         {"unix:/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310", "localhost:3310"}) {
        EXPECT_TRUE(VirusScanner::parse(here)) << here;
    }
    for (const char* elsewhere : {"10.0.0.7:3310", "[2001:db8::1]:3310"}) {
        EXPECT_TRUE(VirusScanner::parse(elsewhere).error().contains("in clear")) << elsewhere;
    }
    for (const std::string& wrong :
         {"clamd"s, "clamd.example:3310"s, "127.0.0.1"s, "127.0.0.1:"s, "127.0.0.1:0"s,
          "127.0.0.1:99999"s, "unix:clamd.ctl"s, ":3310"s, "unix:/" + std::string(200, 'x')}) {
        EXPECT_FALSE(VirusScanner::parse(wrong)) << wrong;
    }
}

/// A line of the public lists.
std::string line_of(std::string_view password) {
    std::array<unsigned char, 20> hash{};
    EVP_Digest(password.data(), password.size(), hash.data(), nullptr, EVP_sha1(), nullptr);
    std::string line;
    for (const unsigned char byte : hash) {
        line += std::format("{:02X}", byte);
    }
    return line + ":7\r\n";
}

class LeakedPasswords : public ::testing::Test {
  protected:
    LeakedPasswords() : mailbox(directory.path() / "mail") {
        std::vector<std::string> lines{line_of(leaked), line_of("another one of them")};
        std::ranges::sort(lines);
        write_text(directory.path() / "leaked.txt", lines[0] + lines[1]);
        ServerConfig config = TestServer::fresh_config(directory);
        config.breached_passwords = directory.path() / "leaked.txt";
        config.mail_dir = directory.path() / "mail";
        config.jobs_enabled = true; // letters are sent
        server.emplace(http::Limits{}, config);
    }
    static void expect_refused(const Reply& reply, std::string_view pointer) {
        EXPECT_EQ(reply.status, 422) << reply.body;
        EXPECT_TRUE(reply.body.contains(R"("code":"common_password")")) << reply.body;
        EXPECT_TRUE(reply.points_to(pointer)) << reply.body;
    }

    static constexpr std::string_view leaked = "quiet harbour, leaked lamp";
    static constexpr std::string_view fresh = "quiet harbour, other lamp";
    TempDirectory directory;
    Mailbox mailbox;
    std::optional<TestServer> server;
};

TEST_F(LeakedPasswords, NobodyChoosesOneWhereverPasswordsAreChosen) {
    HttpClient stranger = server->client();
    const auto registration = [](std::string_view password) {
        return std::format(R"({{"email":"ann@example.org","password":"{}",)"
                           R"("consent_data_processing":true}})",
                           password);
    };
    expect_refused(stranger.post("/v1/users", registration(leaked)), "/password");
    EXPECT_EQ(stranger.post("/v1/users", registration(fresh)).status, 202);

    HttpClient user = server->new_user();
    const auto change = [&user](std::string_view password) {
        return user.put("/v1/users/me/password",
                        std::format(R"({{"current_password":"quiet-harbour-lamp",)"
                                    R"("new_password":"{}"}})",
                                    password));
    };
    expect_refused(change(leaked), "/new_password");

    const std::string email = user.get("/v1/users/me").member("email");
    // Where the letter of the registration was quicker than its confirmation, it is not there.
    ASSERT_TRUE(await(std::chrono::seconds(60), [this] {
        return sql_text(server->config().database_url, "SELECT count(*) FROM letters") == "0";
    }));
    for (const Mail& mail : mailbox.to(email)) {
        std::filesystem::remove(mail.file);
    }
    EXPECT_EQ(
        stranger
            .post("/v1/auth/password-resets", std::format(R"({{"email":"{}","as":"user"}})", email))
            .status,
        202);
    const std::string code = mailbox.code_to(email);
    const auto reset = [&](std::string_view password) {
        return stranger.put("/v1/auth/password-resets",
                            std::format(R"({{"token":"{}","new_password":"{}"}})", code, password));
    };
    expect_refused(reset(leaked), "/new_password");
    EXPECT_EQ(reset(fresh).status, 204) << "and the code was not used up";

    HttpClient supervisor = server->new_clinician("supervisor");
    HttpClient invited = server->new_clinician("reviewer");
    const std::string address = invited.get("/v1/clinicians/me").member("email");
    EXPECT_EQ(
        supervisor.send("POST", "/v1/clinicians/" + invited.id + "/invitation", "", {}).status,
        202);
    const std::string invitation = mailbox.code_to(address);
    const auto accept = [&](std::string_view password) {
        return stranger.post(
            "/v1/auth/invitations",
            std::format(R"({{"token":"{}","password":"{}"}})", invitation, password));
    };
    expect_refused(accept(leaked), "/password");
    EXPECT_EQ(accept(fresh).status, 204);
}

TEST_F(LeakedPasswords, AListThatIsCutShortWhileTheServerRunsIsAnErrorAndNotItsEnd) {
    HttpClient stranger = server->client();
    write_text(directory.path() / "leaked.txt", "");
    EXPECT_EQ(stranger.post("/v1/users", registration_body("bea@example.org")).status, 500);
    EXPECT_EQ(stranger.get("/livez").status, 200);
}

class EverybodysFactor : public ::testing::Test {
  protected:
    EverybodysFactor() {
        ServerConfig config = TestServer::fresh_config(directory);
        config.second_factor = FactorNeededBy::people;
        server.emplace(http::Limits{}, config);
    }

    TempDirectory directory;
    std::optional<TestServer> server;
};

TEST_F(EverybodysFactor, APersonsTokenIsForTheirAccountAloneUntilThereIsOne) {
    HttpClient user = server->new_user();
    const std::string email = user.get("/v1/users/me").member("email");
    const auto log_in = [&](std::string_view code = "") {
        std::string body = credentials_body(email);
        if (!code.empty()) {
            body = body.substr(0, body.size() - 1) + std::format(R"(,"code":"{}"}})", code);
        }
        return server->client().post("/v1/auth/tokens", body);
    };
    EXPECT_EQ(log_in().member("scope"), "account");
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 403);
    EXPECT_EQ(user.get("/v1/sessions").status, 403);
    EXPECT_EQ(user.get("/v1/auth/device-grants/WDJB-MJHT").status, 403)
        << "nobody gives a headset what they do not have";
    const SecondFactor factor = enrol(*server, user);
    EXPECT_EQ(factor.scope, "account journal drawing");
    EXPECT_EQ(user.put("/v1/sessions/" + new_id(), session_body()).status, 201)
        << "of the same log-in";
    EXPECT_EQ(user.get("/v1/auth/device-grants/WDJB-MJHT").status, 404);
    EXPECT_EQ(log_in().member("type"), "/problems/second-factor-needed");
    EXPECT_EQ(log_in(factor.recovery_codes[0]).member("scope"), "account journal drawing");
    EXPECT_EQ(user.remove("/v1/auth/factors/totp").status, 204);
    EXPECT_EQ(log_in().member("scope"), "account") << "who removes it begins anew";
}

TEST_F(EverybodysFactor, CliniciansNeedOneToo) {
    HttpClient doctor = server->new_clinician("reviewer");
    server->give_password(doctor.id, "quiet-harbour-lamp");
    const std::string body =
        credentials_body(doctor.get("/v1/clinicians/me").member("email"), "clinician");
    EXPECT_EQ(server->client().post("/v1/auth/tokens", body).member("scope"), "account");
}

} // namespace
} // namespace haven::test
