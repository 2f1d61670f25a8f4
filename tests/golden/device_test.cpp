#include "renderer/gpu/device.hpp"

#include "renderer/gpu/frame_ring.hpp"
#include "renderer/gpu/pipeline_cache.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>

#include <unistd.h>

#include <gtest/gtest.h>

namespace haven::gpu {
namespace {

class DeviceOnThisMachine : public ::testing::Test {
  public:
    DeviceOnThisMachine(const DeviceOnThisMachine&) = delete;
    DeviceOnThisMachine& operator=(const DeviceOnThisMachine&) = delete;

  protected:
    DeviceOnThisMachine()
        : folder(std::filesystem::temp_directory_path() /
                 ("haven_device_" + std::to_string(::getpid()))) {
        std::filesystem::create_directories(folder);
    }
    ~DeviceOnThisMachine() override { std::filesystem::remove_all(folder); }

    static DeviceInfo validated() { return {.validation = DeviceInfo::Validation::on}; }
    std::filesystem::path folder;
};

TEST_F(DeviceOnThisMachine, PipelineCacheIsFoundAgainAtTheNextStart) {
    DeviceInfo info = validated();
    info.pipeline_cache_file = folder / "new" / "pipelines.bin";
    {
        const auto first = Device::create(info);
        ASSERT_TRUE(first) << first.error().what;
        EXPECT_FALSE((*first)->pipeline_cache().loaded_from_file());
    }
    EXPECT_TRUE(std::filesystem::exists(info.pipeline_cache_file));
    const auto second = Device::create(info);
    ASSERT_TRUE(second);
    EXPECT_TRUE((*second)->pipeline_cache().loaded_from_file());
    EXPECT_EQ((*second)->validation().count(), 0U);
}

TEST_F(DeviceOnThisMachine, ADamagedPipelineCacheIsIgnoredAndReplaced) {
    DeviceInfo info = validated();
    info.pipeline_cache_file = folder / "pipelines.bin";
    std::ofstream(info.pipeline_cache_file) << "not a cache";
    {
        const auto device = Device::create(info);
        ASSERT_TRUE(device);
        EXPECT_FALSE((*device)->pipeline_cache().loaded_from_file());
    }
    const auto again = Device::create(info);
    ASSERT_TRUE(again);
    EXPECT_TRUE((*again)->pipeline_cache().loaded_from_file());
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1)
        << "nothing is left beside it";
}

TEST_F(DeviceOnThisMachine, HooksMakeTheInstanceAndTheDevice) {
    int calls = 0;
    DeviceInfo info = validated();
    info.hooks.create_instance = [&](PFN_vkGetInstanceProcAddr /*get*/,
                                     const VkInstanceCreateInfo& create, VkInstance* instance) {
        ++calls;
        return vkCreateInstance(&create, nullptr, instance);
    };
    info.hooks.create_device = [&](PFN_vkGetInstanceProcAddr /*get*/, VkPhysicalDevice physical,
                                   const VkDeviceCreateInfo& create, VkDevice* device) {
        ++calls;
        return vkCreateDevice(physical, &create, nullptr, device);
    };
    const auto device = Device::create(info);
    ASSERT_TRUE(device);
    EXPECT_EQ(calls, 2);
}

TEST_F(DeviceOnThisMachine, AMissingExtensionIsNamed) {
    DeviceInfo info = validated();
    info.device_extensions = {"VK_HAVEN_imaginary"};
    const auto device = Device::create(info);
    ASSERT_FALSE(device);
    EXPECT_NE(device.error().what.find("VK_HAVEN_imaginary"), std::string::npos);
    EXPECT_EQ(device.error().result, VK_ERROR_EXTENSION_NOT_PRESENT);
}

TEST_F(DeviceOnThisMachine, ARuntimeWithoutAGpuIsAnErrorNotACrash) {
    DeviceInfo info;
    info.hooks.choose_physical_device = [](VkInstance, VkPhysicalDevice*) {
        return VK_ERROR_INITIALIZATION_FAILED;
    };
    EXPECT_FALSE(Device::create(info));
}

TEST_F(DeviceOnThisMachine, OthersAreMadeAndDestroyedWhileTheLoaderIsAsked) {
    const DeviceInfo plain{.validation = DeviceInfo::Validation::off};
    const auto device = Device::create(plain);
    ASSERT_TRUE(device);
    auto others = std::async(std::launch::async, [&] {
        int made = 0;
        for (int i = 0; i < 40; ++i) {
            made += Device::create(plain) ? 1 : 0;
        }
        return made;
    });
    using namespace std::chrono_literals;
    while (others.wait_for(0s) != std::future_status::ready) {
        const auto alone = alone_in_loader();
        ASSERT_NE(vkGetDeviceProcAddr((*device)->logical(), "vkGetDeviceQueue2"), nullptr);
    }
    EXPECT_EQ(others.get(), 40);
}

TEST_F(DeviceOnThisMachine, FramesPassInOrder) {
    const auto device = Device::create(validated());
    ASSERT_TRUE(device);
    auto ring = FrameRing::create(**device);
    ASSERT_TRUE(ring);
    for (std::uint64_t number = 1; number <= 5; ++number) {
        auto frame = (*ring)->begin();
        ASSERT_TRUE(frame);
        EXPECT_EQ(frame->number, number);
        EXPECT_GE((*ring)->frames_passed() + frames_in_flight, number);
        ASSERT_TRUE((*ring)->submit(*frame));
    }
    ASSERT_TRUE((*ring)->wait());
    EXPECT_EQ((*ring)->frames_passed(), 5U);
    EXPECT_EQ((*device)->validation().count(), 0U);
}

} // namespace
} // namespace haven::gpu
