namespace Blockwright.Plan.Tests;

/// <summary>
/// A file of folded weights is a network's for as long as its weights mean the same. The literals stand for files that users have saved: where one of them changes, those
/// files are refused, and the version at their beginning has to be raised.
/// </summary>
public class WeightIdentityTests
{
    [Theory]
    [InlineData("1-61df7a794eedb07648bb7eb772ef099d", Plans.ShuffleNet)]
    [InlineData("1-8c7f52e99d6d8d9c8ce3b90947c2c4b5", Plans.Mixed)]
    [InlineData("1-6cfc133bdad35fcd3314d843dcb0afe6", Plans.Dense)]
    public void StaysAsItWas(string identity, string network) => Assert.Equal(identity, Plans.Cpu(network).Identity);

    /// <summary>What is no part of what weights mean.</summary>
    [Theory]
    [InlineData("Input(5, 16, 16)", "Input(5, 24, 20)")]
    [InlineData("Sigmoid", "LeakyReLU(NegativeSlope = 0.2)")]
    [InlineData("Hardswish", "Hardswish, MaxPool2d(3, Stride = 1)")]
    [InlineData("class Net;", "class Net; // reworded")]
    [InlineData("Concat(\"y\", \"x\")", "Concat(\"x\", \"y\")")]
    public void IsTheSameWhereWeightsMeanTheSame(string from, string to) => Assert.Equal(Plans.Cpu(Plans.Dense).Identity, Changed(from, to));

    [Theory]
    [InlineData("Name = \"a\"", "Name = \"z\"")]
    [InlineData("Conv1x1(6", "Conv1x1(7")]
    [InlineData("BatchNorm2d(Name = \"n\")", "BatchNorm2d(Name = \"n\", Eps = 0.001)")]
    [InlineData("new[] { 1, 3 }", "new[] { 3, 1 }")]
    [InlineData("Name = \"d\"", "Name = \"d\", Bias = false")]
    [InlineData("Conv2d(8, 3, Name = \"a\")", "Conv2d(8, 3, Name = \"a\", Groups = 1), BatchNorm2d(Name = \"o\")")]
    public void IsAnotherWhereWeightsMeanSomethingElse(string from, string to) => Assert.NotEqual(Plans.Cpu(Plans.Dense).Identity, Changed(from, to));

    /// <summary>What is added to a convolution's weights is a part of what they mean.</summary>
    [Theory]
    [InlineData("Name = \"plus\"", "Name = \"other\"")]
    [InlineData("BatchNorm2d(Name = \"of\")", "BatchNorm2d(Name = \"of\", Eps = 0.001)")]
    [InlineData("Add(\"a\", \"b\", \"c\")", "Add(\"a\", \"b\"), Multiply(\"c\")")]
    public void OfSumsToo(string from, string to)
    {
        Assert.Contains(from, Plans.Summed, StringComparison.Ordinal);
        Assert.NotEqual(Plans.Cpu(Plans.Summed).Identity, Plans.Cpu(Plans.Summed.Replace(from, to, StringComparison.Ordinal)).Identity);
    }

    private static string Changed(string from, string to)
    {
        Assert.Contains(from, Plans.Dense, StringComparison.Ordinal);
        return Plans.Cpu(Plans.Dense.Replace(from, to, StringComparison.Ordinal)).Identity;
    }
}
