#include "renderer/gpu/deletion_queue.hpp"
#include "renderer/gpu/pipeline_cache.hpp"
#include "renderer/gpu/staging.hpp"

#include <array>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace haven::gpu {
namespace {

TEST(DeletionQueue, FreesOnlyWhatTheGpuHasPassed) {
    DeletionQueue queue;
    const auto first = std::make_shared<int>(1);
    const auto second = std::make_shared<int>(2);
    queue.condemn(5, std::shared_ptr(first));
    queue.condemn(6, std::shared_ptr(second));
    queue.free_passed(4);
    EXPECT_EQ(first.use_count(), 2);
    queue.free_passed(5);
    EXPECT_EQ(first.use_count(), 1);
    EXPECT_EQ(second.use_count(), 2);
    queue.free_passed(9);
    EXPECT_EQ(second.use_count(), 1);
    EXPECT_EQ(queue.size(), 0U);
}

TEST(StagingSlice, HandsOutAlignedRangesThatDoNotOverlap) {
    std::array<std::byte, 256> memory{};
    StagingSlice slice(nullptr, 1024, memory);
    const auto first = slice.take(10, 16);
    const auto second = slice.take(10, 64);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->offset_bytes, 1024U);
    EXPECT_EQ(second->offset_bytes, 1024U + 64U);
    EXPECT_EQ(second->bytes.data(), memory.data() + 64);
}

TEST(StagingSlice, GivesNothingWhenFullAndEverythingAfterARewind) {
    std::array<std::byte, 64> memory{};
    StagingSlice slice(nullptr, 0, memory);
    EXPECT_TRUE(slice.take(60));
    EXPECT_FALSE(slice.take(8));
    slice.rewind();
    EXPECT_TRUE(slice.take(64));
    EXPECT_EQ(slice.left_bytes(), 0U);
}

class PipelineCacheFile : public ::testing::Test {
  protected:
    PipelineCacheFile() {
        properties.vendorID = 0x1234;
        properties.deviceID = 7;
        VkPipelineCacheHeaderVersionOne header{.headerSize = sizeof header,
                                               .headerVersion =
                                                   VK_PIPELINE_CACHE_HEADER_VERSION_ONE,
                                               .vendorID = 0x1234,
                                               .deviceID = 7};
        std::vector<std::byte> data(sizeof header + 100, std::byte{0x5A});
        std::memcpy(data.data(), &header, sizeof header);
        file = wrap_cache_data(data);
    }
    VkPhysicalDeviceProperties properties{};
    std::vector<std::byte> file;
};

TEST_F(PipelineCacheFile, FitsTheDeviceThatWroteIt) {
    EXPECT_TRUE(cache_file_fits(file, properties));
}

TEST_F(PipelineCacheFile, IsRefusedForAnotherDevice) {
    properties.deviceID = 8;
    EXPECT_FALSE(cache_file_fits(file, properties));
}

TEST_F(PipelineCacheFile, IsRefusedForAnotherDriver) {
    properties.pipelineCacheUUID[3] = 1;
    EXPECT_FALSE(cache_file_fits(file, properties));
}

TEST_F(PipelineCacheFile, IsRefusedWhenAnyByteIsDamaged) {
    for (std::size_t i = 0; i < file.size(); ++i) {
        auto damaged = file;
        damaged[i] ^= std::byte{0x10};
        EXPECT_FALSE(cache_file_fits(damaged, properties)) << "byte " << i;
    }
}

TEST_F(PipelineCacheFile, IsRefusedWhenCutShortAnywhere) {
    for (std::size_t size = 0; size < file.size(); ++size) {
        EXPECT_FALSE(cache_file_fits(std::span(file).first(size), properties)) << size;
    }
}

} // namespace
} // namespace haven::gpu
