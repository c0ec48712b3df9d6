using Blockwright.Plans;
using CsCheck;

namespace Blockwright.Plan.Tests;

/// <summary>The text that carries a plan from the build to the runtime.</summary>
public class CpuTableTests
{
    public static TheoryData<string> Networks => new(Plans.ShuffleNet, Plans.Mixed, Plans.Dense, Plans.Summed, Plans.Learned, Plans.Measured, Plans.Uneven, Plans.Resized, Plans.Rearranged, Plans.Islands);

    [Theory]
    [MemberData(nameof(Networks))]
    public void WhatIsWrittenIsRead(string network)
    {
        var plan = Plans.Cpu(network);
        var read = CpuTable.Read(CpuTable.Write(plan));

        Assert.Equal((plan.Identity, plan.Element, plan.InChannels, plan.Slots), (read.Identity, read.Element, read.InChannels, read.Slots));
        Assert.Equal(plan.Results.ToArray(), read.Results.ToArray());
        Assert.Equal(plan.Grids.ToArray(), read.Grids.ToArray());
        Assert.Equal(plan.SizeRules.ToArray(), read.SizeRules.ToArray());
        Assert.Equal(plan.Buffers.ToArray(), read.Buffers.ToArray());
        Assert.Equal(plan.Steps.Length, read.Steps.Length);
        foreach (var (step, other) in plan.Steps.Zip(read.Steps))
        {
            Assert.Equal((step.Kind, step.Output, step.Window, step.CeilMode, step.CountIncludePad, step.Groups, step.Eps, step.Result), (other.Kind, other.Output, other.Window, other.CeilMode, other.CountIncludePad, other.Groups, other.Eps, other.Result));
            Assert.Equal((step.Island, step.Layers), (other.Island, other.Layers));
            Assert.Equal(step.Function, other.Function);
            Assert.Equal(step.Response, other.Response);
            Assert.Equal(step.Sizes.ToArray(), other.Sizes.ToArray());
            Assert.Equal(step.Dims.ToArray(), other.Dims.ToArray());
            Assert.Equal(step.Weights, other.Weights);
            Assert.Equal(step.Inputs.ToArray(), other.Inputs.ToArray());
            Assert.Equal(step.Others.ToArray(), other.Others.ToArray());
            Assert.Equal(step.InOrder.ToArray(), other.InOrder.ToArray());
            Assert.Equal(step.OutOrder.ToArray(), other.OutOrder.ToArray());
        }
        Assert.True(network != Plans.ShuffleNet || plan.Named.Length > 10);
        Assert.Equal(plan.Named.Length, read.Named.Length);
        foreach (var (value, other) in plan.Named.Zip(read.Named))
        {
            Assert.Equal((value.Name, value.Grid, value.IsFlat), (other.Name, other.Grid, other.IsFlat));
            Assert.Equal(value.Dimensions.ToArray(), other.Dimensions.ToArray());
            Assert.Equal(value.Runs.ToArray(), other.Runs.ToArray());
            Assert.Equal(value.Order.ToArray(), other.Order.ToArray());
        }
    }

    [Fact]
    public void NamesMayHaveAnyCharacters()
    {
        ValueName[] names = [new("conv1", false), new("~a b", true), new("x%y\"\n", false), new("étage.0", false), .. Enumerable.Range(0, 40).Select(static i => new ValueName($"stage.{i}", i == 39))];
        var text = NamesTable.Write([.. names]);
        Assert.StartsWith("names conv1 ~%126%a%32%b x%37%y%34%%10% %233%tage.0 stage.0 ", text, StringComparison.Ordinal);
        Assert.Equal(names, NamesTable.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal)));
    }

    /// <summary>An editor on another system may turn the ends of lines.</summary>
    [Fact]
    public void EndsOfLinesDoNotMatter()
    {
        var text = CpuTable.Write(Plans.Cpu(Plans.ShuffleNet));

        Assert.Equal(text, CpuTable.Write(CpuTable.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu 2 Float32 1-00")]
    [InlineData("gpu 1 Float32 1-00")]
    public void AnotherVersionIsRefused(string text) => Assert.Contains("reads 'cpu 1'", Assert.Throws<FormatException>(() => CpuTable.Read(text)).Message, StringComparison.Ordinal);

    /// <summary>Whatever is changed in it, it is read as something or refused as a format.</summary>
    [Theory]
    [InlineData(Plans.Mixed)]
    [InlineData(Plans.Rearranged)]
    [InlineData(Plans.Islands)]
    public void DamageIsRefused(string network)
    {
        var text = CpuTable.Write(Plans.Cpu(network));
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 3], Gen.Char["0123456789.,/+x[]bgs=(*):c \n"]).Sample(
            (at, removed, inserted) =>
            {
                var damaged = text[..at] + inserted + text[Math.Min(text.Length, at + removed)..];
                try
                {
                    CpuTable.Read(damaged);
                }
                catch (FormatException)
                {
                    // What it is for.
                }
            },
            iter: 3000);
    }
}
