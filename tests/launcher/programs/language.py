# -*- coding: utf-8 -*-
"""What Python 2.7 prints for these lines is in language.txt.

  PYTHONIOENCODING=utf-8 python2.7 language.py FOLDER > language.txt
"""
import sys, os, string, itertools, random, math, operator, types
import cPickle as pickle
from StringIO import StringIO
def path(name): return os.path.join(sys.argv[1], name)
print "a", 1, 0.1+0.2, [0.1+0.2],
print "b"
print "x\n", "y"
print >>sys.stderr, "err"
print
print (1, 2)
print 7/2, -7/2, 7/2.0, 7./2, 1/3*3
x = 7
x /= 2
print x
class A:
	def __init__(self):
		self.n = 9
        def half(self):
	    self.n /= 2
	    return self.n
a = A(); print a.half()
try:
  raise ValueError, "no"
except ValueError, e:
  print e
print e
try:
  raise KeyError, ("a", 1)
except (KeyError, IndexError), e: print repr(e)
print `x`, `1, 2`
print 0777, 10L, 0xFFL, 00, 0
exec "y = 5" in globals()
print y
def g((a, b), c, (d, (e, f))):
  "doc"
  return a+b+c+d+e+f
print g((1,2),3,(4,(5,6)))
print map(lambda (a, b): a*b, [(1,2),(3,4)])
print sorted([(1,'b'),(0,'a')], lambda x, y: cmp(x[1], y[1]))
print sorted([3, None, 'a', 2.5, 'B', (1,), [1], {}])
d = {'a': 1}
print d.has_key('a'), d.keys()[0], d.items(), d.iteritems().next()
print map(None, [1,2], [3,4,5]), filter(lambda c: c != 'a', 'abc'), zip([1],[2])[0]
print range(3)[1:], list(xrange(4)), len(xrange(4))
print round(2.5), round(-0.5), round(2.675, 2), round(1234.5, -2), round(7)
print 'abc'.encode('hex'), '616263'.decode('hex')
print len('é'), len(u'é'), 'é'.decode('utf-8') == u'é', u'é'.encode('utf-8') == 'é', 'é', u'é'
print '%s %d %.3f %r' % (1/3., 5, 2/3., 1/3.), '{} {:.2f}'.format(1/3., 1/3.)
print None < 1, 1 < 'a', None < None
print math.floor(2.5), math.ceil(7/2)
print string.letters[:3], string.maketrans('a','b')[97], 'abc'.translate(string.maketrans('ab','xy'), 'c')
print [i for i in range(3)], i
print hash('abc'), hash(''), hash((1,'a')), hash(3.0), hash(-1)
random.seed(5); print random.randint(0,100), random.choice('abcdef'), random.random(), random.sample(range(100), 5), random.uniform(1,2), random.gauss(0,1)
l = range(10); random.shuffle(l); print l
random.seed('abc'); print random.random(), random.randrange(0, 100, 7)
random.seed(1.5); print random.random()
print isinstance('a', basestring), isinstance(u'\u4e2d', unicode), isinstance('a', str), type('a') == str
class N(object):
  def __nonzero__(self): return False
  def next(self): return 3
  def __iter__(self): return self
  def __cmp__(self, o): return 0
  def __div__(self, o): return 'div'
print bool(N()), N() == 3, N()/2
class M(type):
  def __new__(c, n, b, d):
    d['made'] = True
    return type.__new__(c, n, b, d)
class U(object):
  __metaclass__ = M
print U.made
open(path('t.txt'),'w').write('h\xc3\xa9llo\nworld\n')
print repr(open(path('t.txt')).read()), len(open(path('t.txt'),'rb').read()), [len(l) for l in open(path('t.txt'))]
pickle.dump({'a': [1, 'x']}, open(path('t.pkl'),'w'))
print pickle.load(open(path('t.pkl')))
print pickle.loads(pickle.dumps((1, 'é')))  == (1, 'é')
s = StringIO(); s.write("hi"); print s.getvalue()
print reduce(operator.add, [1,2,3]), reduce(lambda a, b: a/b, [100, 3, 2])
if 1 <> 2: print "ne"
print ur'\d\u0041', r'\u', '\u0041'
print sys.maxint, os.getcwdu() == os.getcwd()
print max(None, 3), min([3, None, 'a']), max(1, 2.5)
print 5 / 2 * 2.0, (1,2,3)[len([1,2,3])/2]
print "%s" % 'é', "é" + "b"
print list('é') , set('aab') == set('ab')
def gen():
  for k in xrange(3): yield k
it = gen(); print it.next(), it.next()
print [x for x in 1, 2, 3]
print unicode('é', 'utf-8') == u'é', str(1/3.0), str(10**20), repr(0.1)
print 'a' in u'abc', 'abc' == u'abc'
print "%(a)s" % {'a': 0.1}, "%5.1f%%" % 99.55
print hex(255), oct(8), bin(5)
print divmod(7, 2), pow(2, 3), 7 // 2, 7 % 3, 2 ** -1
print string.join(['a','b'], '-'), string.atoi('12'), string.upper('a')
print isinstance(5, (int, long))
import numpy as np
a = np.array([7, -7]); a /= 2; print a, np.array([1., 2.]) / 2, 3 / np.array([2, 4])
print np.int64(7) / 2, np.float32(7) / 2, np.array([7, 8]) / [2, 3], [3, 5] / np.array([2, 2])
f = np.array([1., 3.]); f /= 2; print f, np.arange(3) / 2., True / 2
print np.fromstring('\x01\xff', dtype=np.uint8), np.frombuffer('\x01\x02', np.uint8)
import csv, struct, hashlib, base64, zlib, json, urllib, ConfigParser, Queue, collections
w = csv.writer(open(path('t.csv'), 'wb')); w.writerow([1, 'a,b', 2.5]); del w
for row in csv.reader(open(path('t.csv'), 'rb')): print row
print repr(open(path('t.csv')).read()), struct.unpack('>i', struct.pack('>i', 258)), repr(struct.pack('<h', 200))
print hashlib.md5('a').hexdigest(), base64.b64encode('\xff\x00'), zlib.decompress(zlib.compress('abc')), urllib.quote('a b&c')
print json.loads('{"a": [1, 2.5]}')['a'], json.dumps([1, 'a', None])
print collections.OrderedDict([('b', 1), ('a', 2)]).keys(), collections.Counter('aab').items()[0][1]
for line in open(path('t.txt'), 'U'): print line.strip().upper(),
print
print np.loadtxt(open(path('n.txt'), 'w') and [u'1 2', u'3 4']), isinstance(open(path('n.txt')), file)
f = open(path('n.txt'), 'w'); print >>f, 'k', 1.5, 'v'; f.write('%d,%s\n' % (3, 0.1)); f.close(); print open(path('n.txt')).readlines()
np.save(open(path('a.npy'), 'wb'), np.arange(3)); print np.load(open(path('a.npy'), 'rb'))
import cStringIO, StringIO as S
b = cStringIO.StringIO('l1\nl2\n'); print b.readline().strip(), [l for l in b]
def outer():
  total = 0
  exec "total = 5"
  return [n for n in range(4)][-1] + n
print outer()
class Old:
  def __init__(self, v): self.v = v
  def __cmp__(self, other): return cmp(self.v, other.v)
  def __getslice__(self, i, j): return (i, j)
print Old(1) < Old(2), sorted([Old(3), Old(1)])[0].v, Old(1)[1:5], max([Old(2), Old(9)]).v
print sorted({'b': 1, 'a': 2}.items(), key=lambda (k, v): v), sorted([1, 2, 3], reverse=True, cmp=cmp)
print "%s %s" % ("a", [0.1]), "%5s|%-5s|" % (1.5, 0.1), "%(x)s %(y)d" % {'x': 1.25, 'y': 7}
d = dict.fromkeys('a'); d.update(b=2); del d['a']; print d.items(), d.get('z', 3) > None, d.has_key('b') and 'yes'
print u'%s' % 'a', 'a' + u'b', 'x'.encode('base64'), 'eA=='.decode('base64'), 'uryyb'.encode('rot13')
try: int('x')
except ValueError, err: print err.message if hasattr(err, 'message') else err, err.args
try: raise IOError(2, 'no')
except IOError as (code, text): print code, text
print apply(max, (1, 2)), coerce(1, 2.0), intern('q'), buffer('abc')[0], unichr(8364) == u'\u20ac', long(3), 2**70
try: {}['key']
except KeyError, err: print err.message, err[0], err.args[:1]
try: open(path('no'))
except IOError, err: print err[0], err[1], repr(err.message), err.errno
try: raise RuntimeError
except Exception, err: print repr(err.message)
class Own(Exception):
  def __init__(self, message): self.message = message
  def __getitem__(self, key): return key
try: raise Own('mine')
except Own, err: print err.message, err[5]
class Named(object):
  func_name = 'own'
  def method(self): return self.func_name
print outer.func_name, outer.func_code.co_argcount, (lambda a, b=2: a).func_defaults, Named().method(), Named().method.im_func.func_name, Named().method.im_class is Named, type(Named().method.im_self) is Named
os.makedirs(path('w/x/y')); os.makedirs(path('w/z')); open(path('w/x/f'), 'w').close()
def visit(seen, folder, names): names.sort(); seen.append((os.path.basename(folder), names[:])); names[:] = [n for n in names if n != 'z']
seen = []; os.path.walk(path('w'), visit, seen); print seen
print eval('7 / 2'), eval('[n / 2 for n in range(3)]')
import HTMLParser, shlex, StringIO as SIO
INI = '[net]\nsize = 128 ; hidden\nlr: 0.01\nname = %(base)s/x\nbase=/tmp\npct = 50%\nflag = on\n[net]\nmore = 1\n# c\ncity = caf\xc3\xa9\n'
file(path('c.ini'), 'w').write(INI)
ini = ConfigParser.ConfigParser(); ini.read(path('c.ini'))
print ini.getint('net', 'size'), ini.getfloat('net', 'lr'), ini.get('net', 'name'), ini.get('net', 'name', 1), ini.get('net', 'pct'), ini.getboolean('net', 'flag'), ini.getint('net', 'more'), repr(ini.get('net', 'city')), ini.options('net')[:2]
ini.set('net', 'size', '64'); ini.add_section('b'); ini.set('b', 'k', 5); print ini.get('net', 'size'), ini.get('b', 'k', 1), ini.sections()
raw = ConfigParser.RawConfigParser({'d': '5'}); raw.readfp(open(path('c.ini'))); print raw.get('net', 'name'), raw.get('net', 'd'), raw.has_option('net', 'no')
safe = ConfigParser.SafeConfigParser(); safe.readfp(SIO.StringIO('[a]\nx=1\ny=%(x)s2\n')); print safe.getint('a', 'y'), safe.items('a')
written = SIO.StringIO(); safe.write(written); print repr(written.getvalue())
try: safe.get('a', 'no')
except ConfigParser.NoOptionError, err: print err
print HTMLParser.HTMLParser().unescape('a &lt;b&gt; &amp; &quot;c&quot; &#39;d')
class Page(HTMLParser.HTMLParser):
  def __init__(self): HTMLParser.HTMLParser.__init__(self); self.seen = []
  def handle_data(self, data): self.seen.append(data)
  def handle_entityref(self, name): self.seen.append('&' + name)
  def handle_charref(self, name): self.seen.append('#' + name)
  def handle_starttag(self, tag, attrs): self.seen.append((tag, attrs))
page = Page(); page.feed('<p class="x">a &amp; b &#65;</p>'); page.close(); print page.seen
print list(shlex.shlex(SIO.StringIO('a "b c" d')))
def defaults(a=[k_ for k_ in (1, 2)]): return a
print defaults(), k_
nested = [q for q in [q + 1 for q in (1, 2)]]; print nested, q
def nested_in(l): return sum(u for u in [v for v in l]), v, [(a, b) for a in l for b in [a + w for w in l]], w
print nested_in([1, 2])
print 'no',; sys.stdout.write('space\n'); print 'after a write'
print "tail",
