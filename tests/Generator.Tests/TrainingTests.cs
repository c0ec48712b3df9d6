using Blockwright.Generator.Tests.Harness;

namespace Blockwright.Generator.Tests;

/// <summary>One step of training of each system against the interpreter, and of the ones with their own ways against a module written by hand.</summary>
public class TrainingTests
{
    [Theory]
    [MemberData(nameof(Systems.Names), MemberType = typeof(Systems))]
    public void StepEqualsTheInterpreters(string name)
    {
        var system = Systems.Find(name);
        var module = Zoo.MakeRandom(system);
        TrainingStep.AssertEqual(module, Interpreted(system, module), system.Input);
    }

    [Theory]
    [InlineData("ShuffleNetV2Basic")]
    [InlineData("ShuffleNetV2Downsample")]
    [InlineData("AdaptiveSplit")]
    [InlineData("EqualRatio")]
    [InlineData("HybridWithAttention")]
    [InlineData("SqueezeAndExcite")]
    [InlineData("Fragmented")]
    [InlineData("SinglePath")]
    [InlineData("Inception")]
    [InlineData("ResNetBasicBlock")]
    [InlineData("DenseLayer")]
    [InlineData("InvertedResidual")]
    [InlineData("ConditionalShortcut")]
    [InlineData("UNet")]
    [InlineData("Dcgan")]
    [InlineData("Pyramid")]
    [InlineData("Cbam")]
    public void StepEqualsTheWrittenModules(string name)
    {
        var system = Systems.Find(name);
        var module = Zoo.MakeRandom(system);
        TrainingStep.AssertEqual(module, Twin.Written(module, WrittenTwins.Find(name)), system.Input);
    }

    /// <summary>A constructor takes the channels, then <c>outChannels</c> where the block says <c>out</c>, then the parameters.</summary>
    private static Twin Interpreted(DeclaredSystem system, BlockModule module)
    {
        var names = module.GetType().GetConstructors().Single().GetParameters().Select(static parameter => parameter.Name!).ToList();
        var values = names.Zip(system.Arguments.Select(static argument => (long)argument)).ToDictionary();
        long? asked = values.TryGetValue("outChannels", out var channels) ? channels : null;
        return Twin.Interpreted(module, asked, [.. names.Where(static name => name is not ("inChannels" or "outChannels")).Select(name => values[name])]);
    }
}
