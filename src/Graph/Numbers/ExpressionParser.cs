using System.Globalization;

namespace Blockwright.Graph;

/// <summary>
/// Parses <c>sum := product (('+' | '-') product)*; product := factor (('*' | '/') factor)*; factor := integer | name | '(' sum ')' | function '(' sum ',' sum ')'</c>.
/// The result says what is wrong instead of throwing.
/// </summary>
public sealed partial class ExpressionParser
{
    private const int MaximumLength = 256;
    private const int MaximumDepth = 32; // of parentheses; the parser recurses

    private static readonly string TooDeep = $"at most {MaximumDepth.ToString(CultureInfo.InvariantCulture)} nested parentheses";

    private readonly string _text;
    private int _position;
    private int _depth;

    private ExpressionParser(string text) => _text = text;

    public static Expression Parse(string text)
    {
        if (TooLong(text) is { } tooLong)
            return tooLong;
        var parser = new ExpressionParser(text);
        var result = parser.ParseSum();
        if (result is Expression.Invalid)
            return result;
        parser.SkipSpace();
        return parser._position == text.Length ? result : parser.Expected("an operator or the end");
    }

    private static Expression.Invalid? TooLong(string text) => text.Length > MaximumLength ? new(text.Substring(0, 16) + "...", $"at most {MaximumLength} characters", MaximumLength) : null;

    private Expression ParseSum() => ParseChain(ParseProduct, '+', '-');

    private Expression ParseProduct() => ParseChain(ParseFactor, '*', '/');

    private Expression ParseChain(Func<Expression> parseOperand, char first, char second)
    {
        var left = parseOperand();
        while (left is not Expression.Invalid && (Take(first) ?? Take(second)) is { } symbol)
        {
            var right = parseOperand();
            if (right is Expression.Invalid)
                return right;
            left = new Expression.Operation(symbol, left, right);
        }
        return left;
    }

    private Expression ParseFactor()
    {
        if (Take('(') is not null)
            return ParseInner(ParseSum);
        var start = _position;
        while (_position < _text.Length && IsPartOfWord(_text[_position]))
            _position++;
        var word = _text.Substring(start, _position - start);
        if (word.Length > 0 && word.All(char.IsDigit) && _position + 1 < _text.Length && _text[_position] == '.' && char.IsDigit(_text[_position + 1]))
            return Expected("a whole number (half of in is in/2, three quarters in*3/4)");
        if (word.Length == 0)
            return Expected("a number, a name or '('");
        if (!char.IsDigit(word[0]))
            return word is Functions.Min or Functions.Max or Functions.Round && Take('(') is not null ? ParseInner(() => ParseArguments(word)) : new Expression.Name(word);
        if (word.All(static c => c is >= '0' and <= '9') && int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            return new Expression.Number(value);
        var digits = word.TakeWhile(char.IsDigit).Count();
        _position = digits == word.Length ? start : start + digits;
        return Expected(digits == word.Length ? "an integer below 2^31" : $"an operator, as in {word.Substring(0, digits)}*{word.Substring(digits)}");
    }

    /// <summary>What stands in parentheses, behind the first of them.</summary>
    private Expression ParseInner(Func<Expression> parse)
    {
        if (++_depth > MaximumDepth)
            return Expected(TooDeep);
        var inner = parse();
        _depth--;
        return inner is Expression.Invalid || Take(')') is not null ? inner : Expected("')'");
    }

    private Expression ParseArguments(string function)
    {
        var left = ParseSum();
        if (left is Expression.Invalid)
            return left;
        if (Take(',') is null)
            return Expected($"',' and a second number for {function}");
        var right = ParseSum();
        return right is Expression.Invalid ? right : new Expression.Call(function, left, right);
    }

    private static bool IsPartOfWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private char? Take(char symbol)
    {
        SkipSpace();
        if (_position >= _text.Length || _text[_position] != symbol)
            return null;
        _position++;
        SkipSpace();
        return symbol;
    }

    private void SkipSpace()
    {
        while (_position < _text.Length && char.IsWhiteSpace(_text[_position]))
            _position++;
    }

    private Expression.Invalid Expected(string what) => new(_text, what, _position);
}
