"""Answers of Python's integers to the expressions of `python.txt`, which this program prints.

    python3 answers.py < expressions > python.txt      answer lines of `n <tab> expression`
    python3 answers.py COUNT SEED                       make as many such lines

An expression is read by Python's own parser, with `^` as `**`, `if(` as `if_(` and `c ? a : b`
nowhere; the functions of the language are written anew here, in the plainest way.
"""

import ast
import math
import random
import re
import sys

sys.set_int_max_str_digits(0)
DIGITS_MAX = 100_000


class Fault(Exception):
    pass


def limited(value):
    if abs(value).bit_length() > 332_193 or abs(value) >= 10**DIGITS_MAX:
        raise Fault("too many digits")
    return value


def power(a, b):
    if b < 0:
        raise Fault("negative power")
    if abs(a) > 1 and b * (abs(a).bit_length() - 1) > 400_000:
        raise Fault("too many digits")
    return limited(a**b)


def shift(a, b, left):
    if b < 0:
        raise Fault("negative shift")
    if left and a != 0 and b > 400_000:
        raise Fault("too many digits")
    return limited(a << b if left else a >> b)


def divide(a, b, quotient):
    if b == 0:
        raise Fault("division by zero")
    return a // b if quotient else a % b


def root(a, degree):
    if a < 0:
        raise Fault("negative root")
    if degree == 2:
        return math.isqrt(a)
    low, high = 0, 1 << (a.bit_length() // 3 + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**3 <= a else (low, middle - 1)
    return low


def outside(is_outside):
    if is_outside:
        raise Fault("outside domain")


def is_prime(a):
    if a < 2 or any(a % p == 0 for p in (2, 3, 5, 7)):
        return int(a in (2, 3, 5, 7))
    if a < 1 << 32:
        return int(all(a % d for d in range(11, math.isqrt(a) + 1, 2)))
    odd = a - 1
    while odd % 2 == 0:
        odd //= 2

    def passes(base):
        exponent, value = odd, pow(base, odd, a)
        while exponent != a - 1 and value != 1 and value != a - 1:
            exponent, value = exponent * 2, value * value % a
        return value == a - 1 or exponent == odd

    return int(all(passes(random.Random(base).randrange(2, a - 1)) for base in range(40)))


def factors(a):
    found, d = [], 2
    while d * d <= a:
        while a % d == 0:
            found.append(d)
            a //= d
        d += 1
    return found + [a] * (a > 1)


def divisors(a):
    outside(a == 0)
    found = factors(abs(a))
    return math.prod(found.count(p) + 1 for p in set(found))


def totient(a):
    outside(a < 1)
    for p in set(factors(a)):
        a = a // p * (p - 1)
    return a


def factorial(a):
    outside(a < 0)
    return power(2, 10**9) if a > 30_000 else limited(math.factorial(a))


def binomial(a, k):
    outside(a < 0 or k < 0)
    return limited(math.comb(a, k))


def collatz(a):
    outside(a < 1)
    steps = 0
    while a != 1:
        a, steps = (3 * a + 1 if a % 2 else a // 2), steps + 1
    return steps


def joined(of):
    def call(first, second, *more):
        value = of(first, second)
        for next_ in more:
            value = of(value, next_)
        return limited(value)

    return call


FUNCTIONS = {
    "abs": abs,
    "binomial": binomial,
    "bit_length": lambda a: int(a).bit_length(),
    "clamp": lambda a, low, high: min(max(a, low), high),
    "collatz": collatz,
    "digit_sum": lambda a: sum(map(int, str(abs(int(a))))),
    "digits": lambda a: len(str(abs(int(a)))),
    "divisors": divisors,
    "factorial": factorial,
    "gcd": joined(math.gcd),
    "icbrt": lambda a: root(a, 3),
    "is_prime": is_prime,
    "is_square": lambda a: int(a >= 0 and math.isqrt(a) ** 2 == a),
    "isqrt": lambda a: root(a, 2),
    "lcm": joined(math.lcm),
    "max": max,
    "min": min,
    "popcount": lambda a: int(a).bit_count(),
    "sign": lambda a: (a > 0) - (a < 0),
    "totient": totient,
    "xor": joined(lambda a, b: a ^ b),
    "limited_": limited,
    "power_": power,
    "shift_": shift,
    "divide_": divide,
}


class Checked(ast.NodeTransformer):
    """Operators that can fail or grow become calls of the functions above."""

    def call(self, name, *arguments):
        return ast.Call(ast.Name(name, ast.Load()), list(arguments), [])

    def visit_BinOp(self, node):
        self.generic_visit(node)
        a, b, yes, no = node.left, node.right, ast.Constant(True), ast.Constant(False)
        match node.op:
            case ast.Pow():
                return self.call("power_", a, b)
            case ast.LShift():
                return self.call("shift_", a, b, yes)
            case ast.RShift():
                return self.call("shift_", a, b, no)
            case ast.FloorDiv():
                return self.call("divide_", a, b, yes)
            case ast.Mod():
                return self.call("divide_", a, b, no)
            case ast.Add() | ast.Sub() | ast.Mult():
                return self.call("limited_", node)
        return node

    def visit_Call(self, node):
        self.generic_visit(node)
        if node.func.id == "if_":
            condition, then, otherwise = node.args
            return ast.IfExp(condition, then, otherwise)
        return node


def answer(expression, n):
    text = re.sub(r"\bif\(", "if_(", expression.replace("^", "**"))
    tree = ast.fix_missing_locations(Checked().visit(ast.parse(text, mode="eval")))
    try:
        return int(eval(compile(tree, "expression", "eval"), dict(FUNCTIONS, n=n, x=n, i=n)))
    except Fault as fault:
        return fault


def made(rng, depth):
    if depth == 0 or rng.random() < 0.1:
        return rng.choice(["n", "n", "n", str(rng.randrange(12)), str(rng.randrange(1000)), "x", "i"])
    sub = lambda: made(rng, depth - 1)
    kind = rng.random()
    if kind < 0.55:
        operator = rng.choice("+ - * // % ^ & | << >> < <= > >= == != and or + - *".split())
        left, right = sub(), sub()
        if operator in ("^", "<<") and rng.random() < 0.8:
            right = str(rng.randrange(5))
        return f"{left} {operator} {right}" if rng.random() < 0.6 else f"({left} {operator} {right})"
    if kind < 0.62:
        return f"{sub()} {rng.choice('< <= > >= == !='.split())} {sub()} {rng.choice(['<', '!='])} {sub()}"
    if kind < 0.72:
        return f"{rng.choice(['-', '~', '+', 'not '])}{sub()}"
    unary = "abs bit_length digit_sum digits is_square isqrt icbrt popcount sign is_prime".split()
    small = "divisors totient factorial collatz".split()
    if kind < 0.82:
        return f"{rng.choice(unary)}({sub()})"
    if kind < 0.87:
        return f"{rng.choice(small)}(({sub()}) % 500 + {rng.randrange(2)})"
    if kind < 0.95:
        name = rng.choice("min max gcd lcm xor".split())
        return f"{name}({', '.join(sub() for _ in range(rng.choice([2, 2, 3])))})"
    if kind < 0.97:
        return f"binomial({sub()} % 60, {sub()} % 60)"
    return f"{rng.choice(['if', 'clamp'])}({sub()}, {sub()}, {sub()})"


def line(rng):
    while True:
        expression = made(rng, rng.randrange(1, 5))
        try:
            ast.parse(re.sub(r"\bif\(", "if_(", expression.replace("^", "**")), mode="eval")
        except SyntaxError:
            continue
        size = rng.choice([10, 10, 1000, 10**6, 2**40, 2**63 - 1])
        return f"{rng.randint(-size, size)}\t{expression}"


if __name__ == "__main__":
    if len(sys.argv) == 3:
        rng = random.Random(int(sys.argv[2]))
        for _ in range(int(sys.argv[1])):
            print(line(rng))
    else:
        for row in sys.stdin:
            n, expression = row.rstrip("\n").split("\t")
            value = answer(expression, int(n))
            if len(text := str(value)) <= 400:
                print(n, text, expression, sep="\t")
