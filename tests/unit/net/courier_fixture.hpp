#pragma once

#include "drawing_fixture.hpp"
#include "net/outbox/outbox.hpp"
#include "net/uploader/courier.hpp"
#include "net/uploader/http_client.hpp"
#include "scripted_server.hpp"
#include "tests/support/process.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <gtest/gtest.h>
#include <memory>
#include <stdexcept>
#include <utility>

namespace haven::uploader {

/// A data folder of its own, in which somebody is logged in.
class CourierFixture : public testing::Test {
  protected:
    /// No server is in reach.
    CourierConfig offline() const { return {.outbox_file = file, .token = "token"}; }

    CourierConfig online(const test::ScriptedServer& server) const {
        using std::chrono_literals::operator""ms;
        CourierConfig config = offline();
        config.http = HttpConfig{.server_url = server.url()};
        config.backoff = {.first = 1ms, .most = 20ms};
        return config;
    }

    static std::unique_ptr<Courier> start(const CourierConfig& config) {
        auto courier = Courier::start(config);
        if (!courier) {
            throw std::runtime_error(courier.error());
        }
        return *std::move(courier);
    }

    static void post(Courier& courier, Event event) {
        ASSERT_TRUE(
            test::await(std::chrono::seconds(20), [&] { return courier.post(std::move(event)); }));
    }

    static bool saved(const Courier& courier, std::int64_t strokes) {
        return test::await(std::chrono::seconds(20),
                           [&] { return courier.status().strokes_saved == strokes; });
    }

    std::int64_t stroke_count(std::uint32_t drawing) const {
        auto outbox = outbox::Outbox::open(file);
        return outbox
                   ? outbox->stroke_count(test::numbered_drawing(drawing).drawing_id).value_or(-1)
                   : -1;
    }

    test::TempDirectory folder;
    std::filesystem::path file = folder.path() / "outbox.sqlite";
};

} // namespace haven::uploader
