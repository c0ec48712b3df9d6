using Blockwright.Generator.Plan;
using Blockwright.Plans;
using CsCheck;

namespace Blockwright.Plan.Tests;

/// <summary>The text that carries how a network is written in ONNX from the build to the runtime.</summary>
public class OnnxTableTests
{
    [Theory]
    [InlineData(Plans.ShuffleNet)]
    [InlineData(Plans.Mixed)]
    [InlineData(Plans.Dense)]
    public void WhatIsWrittenIsRead(string network)
    {
        var (graph, plan) = (Plans.Opened(network), OnnxPlanner.Plan(Plans.Opened(network)));
        var text = OnnxTable.Write(plan);
        var read = OnnxTable.Read(text.Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.Equal(text, OnnxTable.Write(read));
        // Each node that is no part of a split has one recipe.
        Assert.Equal(graph.Nodes.Skip(1).Where(static node => !node.IsSlice).Select(static node => node.Id), read.Recipes.SelectMany(static recipe => recipe.Nodes).Order());
        Assert.Equal(read.Recipes.Length, read.Recipes.Select(static recipe => OnnxTable.Write(new([recipe with { Nodes = [] }]))).Distinct().Count());
    }

    [Theory]
    [InlineData("axis", 1L, "axis=1")]
    [InlineData("axis", -1L, "axis=-1")]
    [InlineData("pads", new long[] { 0, 1, -2 }, "pads=[0,1,-2]")]
    [InlineData("axes", new long[0], "axes=[]")]
    [InlineData("epsilon", 1e-5, "epsilon=#1E-05")]
    [InlineData("mode", "nearest", "mode='nearest")]
    public void AnAttributeIsAWord(string name, object value, string word)
    {
        Assert.Equal(word, OnnxWords.Attribute(name, value));
        Assert.True(OnnxWords.IsAttribute(word));
        var read = OnnxWords.ReadAttribute(word);
        Assert.Equal(name, read.Name);
        Assert.Equal(value, read.Value);
    }

    [Fact]
    public void AValueIsAWord()
    {
        Assert.Equal((OnnxWords.Value.Input, 12), (OnnxWords.KindOf(OnnxWords.Input(12)), OnnxWords.IndexOf(OnnxWords.Input(12))));
        Assert.Equal((OnnxWords.Value.Result, 3), (OnnxWords.KindOf(OnnxWords.Result(3)), OnnxWords.IndexOf(OnnxWords.Result(3))));
        Assert.Equal((OnnxWords.Value.State, "weight"), (OnnxWords.KindOf(OnnxWords.State("weight")), OnnxWords.NameOf(OnnxWords.State("weight"))));
        Assert.Equal((OnnxWords.Value.Scalar, -0.5), (OnnxWords.KindOf(OnnxWords.Scalar(-0.5)), OnnxWords.ScalarOf(OnnxWords.Scalar(-0.5))));
        Assert.Equal([0, 2, -1], OnnxWords.ReadIntegers(OnnxWords.Integers([0, 2, -1])));
        Assert.Equal([1, 0.25], OnnxWords.ReadReals(OnnxWords.Reals([1, 0.25])));
        Assert.Equal((OnnxWords.Value.Integers, OnnxWords.Value.Reals), (OnnxWords.KindOf("[]"), OnnxWords.KindOf("{}")));
        Assert.Equal((OnnxWords.Value.Shape, OnnxWords.Value.Omitted), (OnnxWords.KindOf(OnnxWords.Shape), OnnxWords.KindOf(OnnxWords.Omitted)));
        Assert.Throws<ArgumentException>(() => OnnxWords.Attribute("mode", "two words"));
        Assert.Throws<FormatException>(() => OnnxWords.KindOf("something"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("onnx 2\nRelu in0 : 1")]
    public void AnotherVersionIsRefused(string text) => Assert.Contains("reads 'onnx 1'", Assert.Throws<FormatException>(() => OnnxTable.Read(text)).Message, StringComparison.Ordinal);

    /// <summary>Whatever is changed in it, it is read as something or refused as a format.</summary>
    [Fact]
    public void DamageIsRefused()
    {
        var text = OnnxTable.Write(OnnxPlanner.Plan(Plans.Opened(Plans.Mixed)));
        Gen.Select(Gen.Int[0, text.Length - 1], Gen.Int[0, 3], Gen.Char["0123456789.,/%[]{}:;->=in \n"]).Sample(
            (at, removed, inserted) =>
            {
                try
                {
                    OnnxTable.Read(text[..at] + inserted + text[Math.Min(text.Length, at + removed)..]);
                }
                catch (FormatException)
                {
                    // What it is for.
                }
            },
            iter: 3000);
    }
}
