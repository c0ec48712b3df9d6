using Verify = Blockwright.Analyzers.Tests.HandWritten.TorchTest<Blockwright.Analyzers.HandWritten.WrittenOutShuffle>;

namespace Blockwright.Analyzers.Tests.HandWritten;

public sealed class WrittenOutShuffleTests
{
    private static string Message(string groups, string steps = "view, transpose, contiguous, view") =>
        $"Channel shuffle of {groups} groups written out as {steps}: 'channel_shuffle({groups})' is the same in one call, and in a declared block it moves nothing";

    [Fact]
    public Task In_one_expression() => Verify.Reports(
        Method("""
            long n = x.shape[0], c = x.shape[1], h = x.shape[2], w = x.shape[3];
            return {|#0:x.view(n, groups, c / groups, h, w).transpose(1, 2).contiguous().view(n, c, h, w)|};
            """),
        Expected.Info("BW4004", 0, Message("groups")));

    [Fact]
    public Task As_torchvision_writes_it() => Verify.Reports(
        Method("""
            var (batchsize, num_channels, height, width) = (x.size(0), x.size(1), x.size(2), x.size(3));
            var channels_per_group = num_channels / groups;
            x = x.view(batchsize, groups, channels_per_group, height, width);
            x = torch.transpose(x, 1, 2).contiguous();
            x = {|#0:x.view(batchsize, -1, height, width)|};
            return x;
            """),
        Expected.Info("BW4004", 0, Message("groups")));

    [Fact]
    public Task With_permute_and_reshape() => Verify.Reports(
        Method("""
            var s = x.shape;
            return {|#0:x.reshape(s[0], 2, s[1] / 2, s[2], s[3]).permute(0, 2, 1, 3, 4).reshape(s[0], s[1], s[2], s[3])|};
            """),
        Expected.Info("BW4004", 0, Message("2", "reshape, permute, reshape")));

    [Theory]
    // Other dimensions are swapped.
    [InlineData("return x.view(x.shape[0], 2, x.shape[1] / 2, x.shape[2], x.shape[3]).transpose(2, 3).contiguous().view(x.shape[0], -1, x.shape[2], x.shape[3]);")]
    // Height and width change places.
    [InlineData("return x.view(x.shape[0], 2, x.shape[1] / 2, x.shape[2], x.shape[3]).transpose(1, 2).contiguous().view(x.shape[0], -1, x.shape[3], x.shape[2]);")]
    // The sizes are another tensor's.
    [InlineData("var y = x.flatten(); return y.view(x.shape[0], 2, x.shape[1] / 2, x.shape[2], x.shape[3]).transpose(1, 2).contiguous().view(x.shape[0], -1, x.shape[2], x.shape[3]);")]
    // The intermediate result is used elsewhere, too.
    [InlineData("var y = x.view(x.shape[0], 2, x.shape[1] / 2, x.shape[2], x.shape[3]).transpose(1, 2); return y.contiguous().view(x.shape[0], -1, x.shape[2], x.shape[3]) + y.sum();")]
    // The sizes are not known to be its own.
    [InlineData("return x.view(1, 2, 4, groups, groups).transpose(1, 2).contiguous().view(1, 8, groups, groups);")]
    public Task What_is_not_certainly_a_shuffle_is_silent(string body) => Verify.IsSilent(Method(body));

    private static string Method(string body) => Code.File($$"""
        static class Shuffles
        {
            static Tensor Shuffle(Tensor x, long groups)
            {
                {{body}}
            }
        }
        """);
}
