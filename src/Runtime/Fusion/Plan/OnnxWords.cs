using System.Globalization;
using static Blockwright.Plans.PlanWords;

namespace Blockwright.Plans;

/// <summary>What stands in a recipe of <see cref="OnnxPlan"/>: values that operators read, and their attributes. No word holds a space.</summary>
internal static class OnnxWords
{
    /// <summary>An input that is left out.</summary>
    public const string Omitted = "-";

    /// <summary>The shape of what the node reads.</summary>
    public const string Shape = "shape";

    private const string InputPrefix = "in";
    private const char ResultPrefix = '%';
    private const char StatePrefix = '.';
    private const char ScalarPrefix = '#';
    private const char IntegersPrefix = '[';
    private const char RealsPrefix = '{';
    private const char TextPrefix = '\'';

    /// <summary>What kind of value a word is.</summary>
    public enum Value
    {
        Omitted,
        Shape,

        /// <summary>One of the values that the node reads: <c>in0</c>.</summary>
        Input,

        /// <summary>The result of one of the recipe's operators: <c>%0</c>.</summary>
        Result,

        /// <summary>An entry of the layer's own in the state dict: <c>.weight</c>.</summary>
        State,

        /// <summary>A constant of the network's element type: <c>#0.5</c>.</summary>
        Scalar,

        /// <summary>A constant of 64-bit integers: <c>[0,2,29,-1]</c>.</summary>
        Integers,

        /// <summary>A constant of 32-bit real numbers: <c>{1,1,2,2}</c>.</summary>
        Reals,
    }

    public static string Input(int index) => InputPrefix + Text(index);

    public static string Result(int index) => ResultPrefix + Text(index);

    public static string State(string name) => StatePrefix + name;

    public static string Scalar(double value) => ScalarPrefix + RealText(value);

    public static string Integers(IEnumerable<long> values) => $"{IntegersPrefix}{string.Join(",", values.Select(static value => value.ToString(CultureInfo.InvariantCulture)))}]";

    public static string Reals(IEnumerable<double> values) => $"{RealsPrefix}{string.Join(",", values.Select(RealText))}}}";

    /// <summary><c>group=58</c>, <c>pads=[1,1,1,1]</c>, <c>epsilon=#1E-05</c>, <c>mode='nearest</c>.</summary>
    /// <param name="name">The attribute.</param>
    /// <param name="value">A long, a double, a text without spaces, or an array of longs.</param>
    public static string Attribute(string name, object value) => name + "=" + value switch
    {
        long number => number.ToString(CultureInfo.InvariantCulture),
        long[] numbers => Integers(numbers),
        double real => Scalar(real),
        string text when text.IndexOfAny([' ', '\n']) < 0 => TextPrefix + text,
        _ => throw new ArgumentException($"The attribute {name} is {value}, for which a recipe has no word.", nameof(value)),
    };

    /// <summary>Whether a word is an attribute; the others are inputs.</summary>
    public static bool IsAttribute(string word) => word.Length > 0 && char.IsLetter(word[0]) && word.IndexOf('=') > 0;

    /// <summary>Reads an <see cref="Attribute"/>.</summary>
    public static (string Name, object Value) ReadAttribute(string word)
    {
        var equals = word.IndexOf('=');
        var text = word.Substring(equals + 1);
        object value = text[0] switch
        {
            IntegersPrefix => ReadIntegers(text),
            ScalarPrefix => Real(text.Substring(1)),
            TextPrefix => text.Substring(1),
            _ => Long(text),
        };
        return (word.Substring(0, equals), value);
    }

    public static Value KindOf(string word) => (word, word[0]) switch
    {
        (Omitted, _) => Value.Omitted,
        (Shape, _) => Value.Shape,
        (_, ResultPrefix) => Value.Result,
        (_, StatePrefix) => Value.State,
        (_, ScalarPrefix) => Value.Scalar,
        (_, IntegersPrefix) => Value.Integers,
        (_, RealsPrefix) => Value.Reals,
        _ when word.StartsWith(InputPrefix, StringComparison.Ordinal) => Value.Input,
        _ => throw new FormatException($"The table of ONNX operators in the emitted class says '{word}', which this version of Blockwright does not know. Build the project again."),
    };

    /// <summary>The number of an input or a result.</summary>
    public static int IndexOf(string word) => Int(word.Substring(KindOf(word) is Value.Input ? InputPrefix.Length : 1));

    /// <summary>The name of a state.</summary>
    public static string NameOf(string word) => word.Substring(1);

    /// <summary>The value of a scalar.</summary>
    public static double ScalarOf(string word) => Real(word.Substring(1));

    public static long[] ReadIntegers(string word) => List(word).Select(Long).ToArray();

    public static double[] ReadReals(string word) => List(word).Select(Real).ToArray();

    private static IEnumerable<string> List(string word) => word.Length < 3 ? [] : word.Substring(1, word.Length - 2).Split(',');

    private static string RealText(double value) => value.ToString("R", CultureInfo.InvariantCulture);
}
